"""Pictures: each computes its arrays first and draws them second; figures are returned, never shown."""

from .curves import band, plot_learning_rate_sensitivity, plot_training_curves, sweep_learning_rates
from .optimizer_paths import clip_path, optimizer_path, plot_optimizer_paths
from .style import Picture
from .surfaces import BEALE, BOWL, SADDLE, SURFACES, Surface

__all__ = [
    "BEALE",
    "BOWL",
    "SADDLE",
    "SURFACES",
    "Picture",
    "Surface",
    "band",
    "clip_path",
    "optimizer_path",
    "plot_learning_rate_sensitivity",
    "plot_optimizer_paths",
    "plot_training_curves",
    "sweep_learning_rates",
]
