"""Training scripts share this: a fitted scikit-learn ensemble as the JSON that `corpus.trees` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sklearn.ensemble import HistGradientBoostingClassifier


def export(
    model: HistGradientBoostingClassifier, features: Sequence[str], about: dict[str, Any], file: Path
) -> None:
    """Write a fitted binary classifier without categorical features; `about` names data, licence and figures.

    Numbers are rounded to six digits: train on features that are coarser than that, or expect ties to move.
    """
    trees = [_tree(predictors[0].nodes) for predictors in model._predictors]
    data = {
        "about": about,
        "features": list(features),
        "baseline": float(model._baseline_prediction.ravel()[0]),
        "trees": trees,
    }
    file.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def _tree(nodes: Any) -> dict[str, list[Any]]:
    return {
        "feature": [-1 if node["is_leaf"] else int(node["feature_idx"]) for node in nodes],
        "threshold": [0 if node["is_leaf"] else float(f"{node['num_threshold']:.6g}") for node in nodes],
        "left": [int(node["left"]) for node in nodes],
        "right": [int(node["right"]) for node in nodes],
        "value": [float(f"{node['value']:.6g}") if node["is_leaf"] else 0 for node in nodes],
    }
