-- What a run took and worked with, said at its end.
update runs
set
    engines = $engines,
    model = $model,
    warnings = $warnings,
    peak_memory_bytes = $peak_memory_bytes,
    worker_memory_bytes = $worker_memory_bytes
where run_id = $run_id
