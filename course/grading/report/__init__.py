"""Report: what people read about a class, in the output folder: feedback pages, class report, reviews."""
