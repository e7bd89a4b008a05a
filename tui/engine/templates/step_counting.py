"""Puts the counting of steps and letters, which `LimitedEnvironment` does, into the tree of a template."""

from collections.abc import Sequence
from typing import cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer


def counting(tree: nodes.Template) -> nodes.Template:
    """The tree, changed so that loops are counted, and what handles whole values is charged."""
    return cast("nodes.Template", _Counting().visit(tree))


class _Counting(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            # Its inner turns do not come from the expression in its head.
            node.body.insert(0, _step(node))
        else:
            node.iter = _own("counted", [node.iter, _letters(node)], node.lineno)
        return self.generic_visit(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        node.body.insert(0, _step(node))
        return self.generic_visit(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        node.body.insert(0, _step(node))
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _own("joined", node.nodes, node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _own("look_at", [node.expr], node.lineno)
        for operand in node.ops:
            operand.expr = _own("look_at", [operand.expr], node.lineno)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _own("slice_of", [node.node], node.lineno)
        return node


def _own(method: str, args: Sequence[nodes.Node], line: int) -> nodes.Call:
    """A call of one of the environment's own methods."""
    return nodes.Call(
        nodes.EnvironmentAttribute(method), cast("list[nodes.Expr]", [*args]), [], None, None, lineno=line
    )


def _step(node: nodes.For | nodes.Macro | nodes.CallBlock) -> nodes.Node:
    return nodes.ExprStmt(_own("step", [_letters(node)], node.lineno), lineno=node.lineno)


def _letters(node: nodes.Node) -> nodes.Expr:
    """How much text of the template itself is written by one turn."""
    return nodes.Const(sum(len(data.data) for data in node.find_all(nodes.TemplateData)))
