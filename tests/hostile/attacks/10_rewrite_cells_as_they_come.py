# Attack 10: An AST transformer and an input transformer that change the question.
# points: double 0, half 0
# reads: double: wrong

# %% double-answer
import ast


class Shorten(ast.NodeTransformer):
    """Every question's function returns 1."""

    def visit_FunctionDef(self, node):
        if node.name == "_":
            node.body = [ast.Return(ast.Constant(1.0))]
            ast.fix_missing_locations(node)
        return node


get_ipython().ast_transformers.append(Shorten())
get_ipython().input_transformers_post.append(
    lambda lines: [line.replace("points=2", "points=99") for line in lines]
)


def double(x):
    return x
