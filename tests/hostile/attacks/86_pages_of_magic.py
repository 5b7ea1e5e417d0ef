# Attack 86: HTML, JavaScript and shell by magics, in cells of their own.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
get_ipython().run_cell_magic("html", "", "<script>alert(1)</script><img src=x onerror=alert(2)>")
get_ipython().run_cell_magic("javascript", "", "alert(3)")
get_ipython().run_cell_magic("svg", "", "<svg onload='alert(4)'></svg>")
get_ipython().run_cell_magic("latex", "", "\\href{javascript:alert(5)}{x}")


def double(x):
    return x
