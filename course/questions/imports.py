"""Import analysis: which modules a text of Python imports or uses, read from its syntax tree, never run.

Found are: import in all its forms, names that an import made (aliases too), attributes such as torch.optim,
and modules that are asked for by a literal: importlib.import_module, __import__, getattr, sys.modules. It is
a sign, no proof: text that is put together while it runs, or exec, is not seen.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

MODULE_LIMIT = 200  # characters of a dotted name


def parse(source: str) -> ast.Module:
    """The syntax tree of a text; an empty one of what is no Python."""
    return _parse_once(source) if len(source) < 5000 else _parse_once.__wrapped__(source)


@lru_cache(maxsize=200)  # the cells of the release are the same for a whole class; trees are large
def _parse_once(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def python_lines(source: str) -> str:
    """A cell's text as Python: lines of magics and shell commands become blank."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)


def imported(tree: ast.Module) -> dict[str, str]:
    """What names stand for: {"o": "torch.optim"} after `import torch.optim as o`."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def mentioned(tree: ast.Module, names: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Dotted names that a text imports or uses, each with its line number; `names` as from `imported`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Name | ast.Attribute):
            dotted = _dotted(node, names)
            if dotted:
                yield dotted, node.lineno
        elif isinstance(node, ast.Call):
            yield from ((dotted, node.lineno) for dotted in _asked_for(node, names))
        elif isinstance(node, ast.Subscript) and _dotted(node.value, names) == "sys.modules":
            yield from ((text, node.lineno) for text in _literals([node.slice]))


def _dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """torch.optim for `t.optim` after `import torch as t`; None for what does not begin with an import."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return None
    return ".".join([names[node.id], *reversed(parts)])


def _asked_for(call: ast.Call, names: dict[str, str]):
    """The modules that a call asks for by a literal."""
    function = _dotted(call.func, names) or getattr(call.func, "id", "")
    texts = _literals([*call.args, *(keyword.value for keyword in call.keywords)])
    if function in ("__import__", "builtins.__import__", "importlib.import_module", "importlib.__import__"):
        name, package = texts[0] if texts else "", texts[1] if len(texts) > 1 else ""
        yield f"{package}{name}" if name.startswith(".") else name
        if function.endswith("__import__"):  # fromlist: __import__("torch", fromlist=["optim"])
            yield from (f"{name}.{text}" for text in texts[1:])
    elif function == "getattr" and len(call.args) > 1 and texts:
        yield f"{_dotted(call.args[0], names)}.{texts[0]}"
    elif function in ("sys.modules.get", "sys.modules.__getitem__"):
        yield from texts


def _literals(nodes: list[ast.expr]) -> list[str]:
    texts = []
    for node in nodes:
        for item in [node, *getattr(node, "elts", [])]:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                texts.append(item.value[:MODULE_LIMIT])
    return texts


def uses(tree: ast.Module, names: dict[str, str], modules: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The modules, of these, that a text imports or uses, each with its line number."""
    modules = tuple(modules)
    for dotted, number in mentioned(tree, names):
        yield from ((module, number) for module in modules if f"{dotted}.".startswith(f"{module}."))
