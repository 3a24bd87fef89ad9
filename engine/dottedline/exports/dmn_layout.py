"""Where the elements of a DMN model are drawn: what goes in at the left, decisions at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

_INPUT = (220, 45)
_DECISION = (260, 60)
_SOURCE = (320, 80)
#: From one element to the next, and from one column to the next.
_GAP, _BETWEEN = 25, 500
#: At the left and at the top, where the modeller shows the model's name.
_MARGIN = (160, 90)


class Graph:
    """The elements of a model, by their ids, and the edges from what is required to decisions."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.decisions: list[str] = []
        self.sources: list[str] = []
        #: Each edge's own id, what it leads from, and the decision that it leads to.
        self.requires: list[tuple[str, str, str]] = []


def draw(root: ET.Element, graph: Graph) -> None:
    """Adds the diagram to a model: inputs in a column, decisions in the next, then sources."""
    step = _DECISION[1] + _GAP
    height = len(graph.decisions) * step
    middle = _INPUT[0] + _BETWEEN
    boxes = {id: (middle, n * step, *_DECISION) for n, id in enumerate(graph.decisions)}
    wanted = _middles(graph, boxes)
    order = sorted(graph.inputs, key=lambda id: wanted[id])
    apart = max(_INPUT[1] + _GAP // 2, height // max(1, len(order)))
    boxes.update((id, (0, n * apart, *_INPUT)) for n, id in enumerate(order))
    right = middle + _DECISION[0] + _BETWEEN
    for n, id in enumerate(graph.sources, 1):
        boxes[id] = (right, height * n // (len(graph.sources) + 1), *_SOURCE)
    diagram = ET.SubElement(ET.SubElement(root, "dmndi:DMNDI"), "dmndi:DMNDiagram", id="diagram")
    for id, (x, y, width, tall) in boxes.items():
        shape = ET.SubElement(diagram, "dmndi:DMNShape", id=f"shape.{id}", dmnElementRef=id)
        ET.SubElement(shape, "dc:Bounds", {**_at(x, y), "width": str(width), "height": str(tall)})
    for edge, source, target in graph.requires:
        line = ET.SubElement(diagram, "dmndi:DMNEdge", id=f"edge.{edge}", dmnElementRef=edge)
        from_left = boxes[source][0] < boxes[target][0]
        for box, at_right in ((boxes[source], from_left), (boxes[target], not from_left)):
            x, y, width, tall = box
            ET.SubElement(line, "di:waypoint", _at(x + width if at_right else x, y + tall // 2))


def _at(x: int, y: int) -> dict[str, str]:
    return {"x": str(x + _MARGIN[0]), "y": str(y + _MARGIN[1])}


def _middles(graph: Graph, boxes: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """For each input the middle of the decisions that it leads to: there its edges are shortest."""
    heights: dict[str, list[int]] = {id: [] for id in graph.inputs}
    for _edge, source, target in graph.requires:
        if source in heights:
            heights[source].append(boxes[target][1])
    return {id: sum(found) / len(found) if found else 0.0 for id, found in heights.items()}
