"""Batches made by other processes and machines: the same functions, one loader.

kinds       what may be made elsewhere: parse, reread, translate, judge, embed
worker      the pure function that makes one batch: a file in, a file out
sender      sends batches ahead, takes their results, sends again what got lost
executors   Dask and Ray, through Prefect's task runners
"""

from __future__ import annotations
