"""Pen strokes of ten digits on a board of 280 x 280 pixels: examples for the drawing board."""

from math import cos, radians, sin

from .drawings import Stroke


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> list[tuple[float, float]]:
    """Points on an ellipse around (x, y), one each 15 degrees; 0 is to the right, 90 is down."""
    steps = max(1, round(abs(end - start) / 15))
    angles = [radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(round(x + wide * cos(angle)), round(y + high * sin(angle))) for angle in angles]


EXAMPLES: dict[str, list[Stroke]] = {
    "0": [arc(140, 140, 58, 88, -90, 270)],
    "1": [[(148, 50), (142, 110), (136, 170), (130, 230)]],
    "2": [[*arc(138, 104, 52, 52, -170, 40), (120, 190), (88, 226), (140, 222), (204, 226)]],
    "3": [[*arc(130, 96, 50, 44, -150, 90), *arc(130, 184, 58, 46, -90, 150)]],
    "4": [[(104, 52), (92, 104), (84, 150), (140, 148), (206, 144)], [(178, 60), (170, 140), (160, 232)]],
    "5": [[(98, 60), (94, 126), *arc(128, 174, 58, 54, -110, 140)], [(98, 60), (150, 58), (196, 54)]],
    "6": [[(176, 52), (130, 90), (98, 146), *arc(138, 184, 46, 44, 180, -170)]],
    "7": [[(78, 66), (140, 66), (200, 62), (170, 120), (146, 176), (132, 230)]],
    "8": [[*arc(140, 92, 42, 38, 60, -240), *arc(140, 184, 52, 48, -120, 260), (168, 122)]],
    "9": [[*arc(136, 98, 46, 44, 0, -350), (182, 98), (176, 160), (164, 232)]],
}
"""The strokes of each digit, as a hand might draw them."""
