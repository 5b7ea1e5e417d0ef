"""Question framework: questions, their typical mistakes and their odd but right variants.

A question cell returns values; it never judges. See `ask` for the decorator, `values` for what may be
returned, `judge` for what counts as right. Nothing here imports torch.
"""

from .ask import question
from .session import begin
from .versions import mistake, variant

__all__ = ["begin", "mistake", "question", "variant"]
