"""Explorers and quizzes: controls over what a page shows by itself; without a person, that alone."""

from .activations import draw_slope, slope_explorer
from .augmentation import augmentation_explorer, draw_augmentation
from .backpropagation import backward_explorer, draw_backward
from .bubbles import bubble_explorer
from .connection_grid import ConnectionGrid
from .connection_table import connection_table_explorer, draw_connection_table
from .convolution import convolution_explorer, draw_convolution
from .depth_signals import depth_signal_explorer
from .drawing_board import draw_reading, drawing_board
from .dropout import draw_dropout, dropout_explorer
from .explorer import Explorer
from .half_planes import draw_half_plane, half_plane_explorer
from .image_chooser import ImageChooser
from .inception_cost import draw_inception_cost, inception_cost_explorer
from .inside import draw_inside, inside_explorer
from .kernel_editor import KernelEditor
from .neighbors import draw_neighbors, neighbor_explorer
from .optimizers import draw_optimizer, optimizer_explorer
from .polynomials import draw_polynomial, polynomial_explorer
from .quiz import quiz
from .receptive_field import draw_receptive_field, receptive_field_explorer
from .scores import score_explorer
from .shortcuts import shortcut_explorer
from .signals import draw_signals, signal_explorer
from .stroke_pad import StrokePad
from .vgg_table import draw_vgg_table, vgg_explorer

__all__ = [
    "ConnectionGrid",
    "Explorer",
    "ImageChooser",
    "KernelEditor",
    "StrokePad",
    "augmentation_explorer",
    "backward_explorer",
    "bubble_explorer",
    "connection_table_explorer",
    "convolution_explorer",
    "depth_signal_explorer",
    "draw_augmentation",
    "draw_backward",
    "draw_connection_table",
    "draw_convolution",
    "draw_dropout",
    "draw_half_plane",
    "draw_inception_cost",
    "draw_inside",
    "draw_neighbors",
    "draw_optimizer",
    "draw_polynomial",
    "draw_reading",
    "draw_receptive_field",
    "draw_signals",
    "draw_slope",
    "draw_vgg_table",
    "drawing_board",
    "dropout_explorer",
    "half_plane_explorer",
    "inception_cost_explorer",
    "inside_explorer",
    "neighbor_explorer",
    "optimizer_explorer",
    "polynomial_explorer",
    "quiz",
    "receptive_field_explorer",
    "score_explorer",
    "shortcut_explorer",
    "signal_explorer",
    "slope_explorer",
    "vgg_explorer",
]
