"""Plots: each computes its arrays first and draws them second; figures are returned, never shown."""

from .activation_strips import activation_strip, plot_activation_strips
from .activation_strips_motion import animate_activation_strips
from .activations import activation_curve, plot_activations
from .backward_steps import backward_steps, plot_backward_step
from .bars import plot_bars
from .bias_variance import bias_and_variance, fits_of_draws, plot_fits_of_draws
from .boxes import overlap, plot_boxes
from .bubbles import Net, information_density, plot_bubbles
from .cascading_randomization import cascading_randomization, rank_correlation
from .class_activation_map import class_activation_map
from .confusion_matrix import confusion_matrix, plot_confusion_matrix
from .connection_table import connection_matrix, count_connections, plot_connection_table
from .convolution import KERNELS, convolution_step, correlate, plot_convolution_step
from .curve_panels import plot_curve_panels
from .curves import (
    band,
    plot_history,
    plot_learning_rate_sensitivity,
    plot_training_curves,
    sweep_learning_rates,
)
from .decision_regions import decision_grid, plot_decision_regions
from .dense_block import dense_readings, plot_dense_block
from .dense_stage import dense_stage, plot_dense_stage
from .depth_chart import depth_labels, plot_depth_chart
from .depth_signals import depth_signals, plot_depth_signals
from .difference_errors import difference_errors, plot_difference_errors
from .diverged import plot_divergence
from .double_descent import plot_double_descent
from .dropout import keep_rates, kept_edges, plot_dropout_masks, plot_dropout_net
from .feature_maps import feature_maps, plot_feature_maps, pooled_features
from .filters import first_layer_filters, plot_filters, plot_templates
from .googlenet_drawing import InceptionSlabs, googlenet_slabs, plot_googlenet
from .grad_cam import grad_cam
from .gradient_noise import gradient_noise, plot_gradient_noise
from .graph import layout_graph, plot_graph
from .guided_backpropagation import guided_backpropagation
from .half_planes import class_region, half_plane, plot_half_planes, point_clouds
from .half_planes_motion import animate_half_planes
from .image_neighbors import nearest_images, plot_image_neighbors
from .image_rows import plot_image_rows
from .images import image_grid, plot_images
from .inception_cost import inception_channels, inception_cost, inception_layers, plot_inception_cost
from .inception_module import plot_inception_module
from .inspection import Inspection, Inspector, map_layers
from .inspection_picture import plot_inspection
from .kernel_stacks import plot_kernel_stacks, stack
from .motion import Motion, animate
from .neighbors import errors_by_k, plot_neighbor_regions, two_moons
from .net_drawing import plot_nets
from .net_slabs import slabs
from .nine_sessions import plot_nine_sessions
from .nuisances import cut_flower, nuisance_views
from .numbers import plot_numbers
from .occlusion import occlusion_sensitivity
from .optimizer_family import plot_optimizer_family
from .optimizer_motion import animate_optimizer_paths, plot_optimizer_descents
from .optimizer_paths import clip_path, optimizer_path, plot_optimizer_paths
from .overlays import overlay, plot_maps, plot_overlays, scaled_map
from .paired_gains import plot_paired_gains
from .pca_map import pca_map, plot_pca_map
from .polynomials import errors_by_degree, fit_polynomial, noisy_points, plot_polynomial_fits
from .precision_recall import average_precision, plot_precision_recall, precision_recall
from .prediction import predict_photograph
from .reading import Reading, plot_reading, read_drawing
from .recall_curve import plot_recall_curves
from .receptive_cone import draw_cone, receptive_cone
from .receptive_field import gradient_support, plot_receptive_field, receptive_fields, support_box
from .reliability import expected_calibration_error, plot_reliability, reliability_bins
from .saliency import input_gradient, saliency
from .scores import plot_score, score_parts
from .shortcuts import plot_shortcut, shortcut_counts, shortcut_matrix
from .smooth_grad import smooth_grad
from .style import Picture
from .surfaces import BEALE, BOWL, SADDLE, SURFACES, Surface
from .top_activating import Excitation, channel_peaks, plot_top_activating, top_activating
from .towers import plot_towers
from .tsne_map import plot_tsne_maps, tsne_maps
from .unit_balls import plot_nearest_by_norm, unit_sphere
from .windows import plot_windows, unseen_pixels, window_starts

__all__ = [
    "BEALE",
    "BOWL",
    "KERNELS",
    "SADDLE",
    "SURFACES",
    "Excitation",
    "InceptionSlabs",
    "Inspection",
    "Inspector",
    "Motion",
    "Net",
    "Picture",
    "Reading",
    "Surface",
    "activation_curve",
    "activation_strip",
    "animate",
    "animate_activation_strips",
    "animate_half_planes",
    "animate_optimizer_paths",
    "average_precision",
    "backward_steps",
    "band",
    "bias_and_variance",
    "cascading_randomization",
    "channel_peaks",
    "class_activation_map",
    "class_region",
    "clip_path",
    "confusion_matrix",
    "connection_matrix",
    "convolution_step",
    "correlate",
    "count_connections",
    "cut_flower",
    "decision_grid",
    "dense_readings",
    "dense_stage",
    "depth_labels",
    "depth_signals",
    "difference_errors",
    "draw_cone",
    "errors_by_degree",
    "errors_by_k",
    "expected_calibration_error",
    "feature_maps",
    "first_layer_filters",
    "fit_polynomial",
    "fits_of_draws",
    "googlenet_slabs",
    "grad_cam",
    "gradient_noise",
    "gradient_support",
    "guided_backpropagation",
    "half_plane",
    "image_grid",
    "inception_channels",
    "inception_cost",
    "inception_layers",
    "information_density",
    "input_gradient",
    "keep_rates",
    "kept_edges",
    "layout_graph",
    "map_layers",
    "nearest_images",
    "noisy_points",
    "nuisance_views",
    "occlusion_sensitivity",
    "optimizer_path",
    "overlap",
    "overlay",
    "pca_map",
    "plot_activation_strips",
    "plot_activations",
    "plot_backward_step",
    "plot_bars",
    "plot_boxes",
    "plot_bubbles",
    "plot_confusion_matrix",
    "plot_connection_table",
    "plot_convolution_step",
    "plot_curve_panels",
    "plot_decision_regions",
    "plot_dense_block",
    "plot_dense_stage",
    "plot_depth_chart",
    "plot_depth_signals",
    "plot_difference_errors",
    "plot_divergence",
    "plot_double_descent",
    "plot_dropout_masks",
    "plot_dropout_net",
    "plot_feature_maps",
    "plot_filters",
    "plot_fits_of_draws",
    "plot_googlenet",
    "plot_gradient_noise",
    "plot_graph",
    "plot_half_planes",
    "plot_history",
    "plot_image_neighbors",
    "plot_image_rows",
    "plot_images",
    "plot_inception_cost",
    "plot_inception_module",
    "plot_inspection",
    "plot_kernel_stacks",
    "plot_learning_rate_sensitivity",
    "plot_maps",
    "plot_nearest_by_norm",
    "plot_neighbor_regions",
    "plot_nets",
    "plot_nine_sessions",
    "plot_numbers",
    "plot_optimizer_descents",
    "plot_optimizer_family",
    "plot_optimizer_paths",
    "plot_overlays",
    "plot_paired_gains",
    "plot_pca_map",
    "plot_polynomial_fits",
    "plot_precision_recall",
    "plot_reading",
    "plot_recall_curves",
    "plot_receptive_field",
    "plot_reliability",
    "plot_score",
    "plot_shortcut",
    "plot_templates",
    "plot_top_activating",
    "plot_towers",
    "plot_training_curves",
    "plot_tsne_maps",
    "plot_windows",
    "point_clouds",
    "pooled_features",
    "precision_recall",
    "predict_photograph",
    "rank_correlation",
    "read_drawing",
    "receptive_cone",
    "receptive_fields",
    "reliability_bins",
    "saliency",
    "scaled_map",
    "score_parts",
    "shortcut_counts",
    "shortcut_matrix",
    "slabs",
    "smooth_grad",
    "stack",
    "support_box",
    "sweep_learning_rates",
    "top_activating",
    "tsne_maps",
    "two_moons",
    "unit_sphere",
    "unseen_pixels",
    "window_starts",
]
