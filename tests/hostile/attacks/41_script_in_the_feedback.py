# Attack 41: HTML and script in what an error says.
# points: double 0, half 1
# reads: double: error

# %% double-answer
def double(x):
    raise ValueError("</p><script>alert('attack')</script><img src=x onerror=alert(1)>")
