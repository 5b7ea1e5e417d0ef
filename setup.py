"""Everything stands in pyproject.toml; this one line lets `pip install -e .` install the kernelspec too.

setuptools asks `has_data` before it installs data files of an editable package, and nobody defines it.
"""

from setuptools import Distribution, setup


class DataToo(Distribution):
    has_data = Distribution.has_data_files


setup(distclass=DataToo)
