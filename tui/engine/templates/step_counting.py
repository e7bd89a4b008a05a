"""Calls of `LimitedEnvironment` that count steps and characters, put into the tree of a template."""

from collections.abc import Sequence
from typing import cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer


def with_counting(tree: nodes.Template) -> nodes.Template:
    """Change the tree so that loops are counted, and operations on whole values are charged."""
    return cast("nodes.Template", _CountingTransformer().visit(tree))


class _CountingTransformer(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            # The turns of its recursion do not come from the expression in its head.
            node.body.insert(0, _step(node))
        else:
            node.iter = _method_call("counted", [node.iter, _text_length(node)], node.lineno)
        return self.generic_visit(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        node.body.insert(0, _step(node))
        return self.generic_visit(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        node.body.insert(0, _step(node))
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _method_call("joined", node.nodes, node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = _method_call("charge_content", [node.expr], node.lineno)
        for operand in node.ops:
            operand.expr = _method_call("charge_content", [operand.expr], node.lineno)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _method_call("charge_copy", [node.node], node.lineno)
        return node


def _method_call(method: str, args: Sequence[nodes.Node], line: int) -> nodes.Call:
    """Return a call of one of the environment's own methods."""
    return nodes.Call(
        nodes.EnvironmentAttribute(method), cast("list[nodes.Expr]", [*args]), [], None, None, lineno=line
    )


def _step(node: nodes.For | nodes.Macro | nodes.CallBlock) -> nodes.Node:
    return nodes.ExprStmt(_method_call("step", [_text_length(node)], node.lineno), lineno=node.lineno)


def _text_length(node: nodes.Node) -> nodes.Expr:
    """Return the length of the template's own text that one turn writes."""
    return nodes.Const(sum(len(data.data) for data in node.find_all(nodes.TemplateData)))
