"""What a metric did and will do: why it moved, what comes, whether a target is in reach. Rests on shown cells only.

Everything here is worked out from answers of the engine as the asking person sees them, so that it cannot tell more
than those answers: a hidden cell stays hidden, however the shown ones are combined.
"""
