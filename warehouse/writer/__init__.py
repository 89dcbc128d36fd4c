"""What a run writes: one mixin for each stage, put together in `warehouse.store.Store`."""
