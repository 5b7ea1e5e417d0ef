"""Report: what people read about a class, in the output folder: gradebook, feedback pages, class report."""
