"""Pool of workers that run notebooks: a `concurrent.futures.Executor` each, and the scheduler on top.

scheduler   keeps the workers busy until all is graded, tries again, knows when to stop
local       this process, or so many processes of this machine; a call refuses where code is not kept in
cluster     the workers of a running dask scheduler; nothing else here imports dask
"""
