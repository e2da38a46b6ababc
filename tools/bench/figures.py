"""The arithmetic of the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank).

    Args:
        values: At least one.
        share: From 0 to 1; 0.5 is the median.
    """
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)  # rounded up
    return ordered[min(max(int(rank), 1), len(ordered)) - 1]


def matthews_correlation(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Matthews' correlation of more than two classes, from -1 to 1; 0 where one side is a single class.

    Source: J. Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.
    """
    samples = len(truth)
    correct = sum(true == said for true, said in zip(truth, predicted))
    of_truth, of_predicted = Counter(truth), Counter(predicted)
    both = sum(count * of_predicted[label] for label, count in of_truth.items())
    spread_truth = samples**2 - sum(count**2 for count in of_truth.values())
    spread_predicted = samples**2 - sum(count**2 for count in of_predicted.values())
    if not spread_truth or not spread_predicted:
        return 0.0
    return float((correct * samples - both) / (spread_truth * spread_predicted) ** 0.5)


def best_threshold(
    truth: Sequence[str], predicted: Sequence[str], confidences: Sequence[float], otherwise: str, step: float = 0.005
) -> tuple[float, float]:
    """The threshold on the confidence, below which `otherwise` is said, that gives the highest Matthews correlation.

    Returns:
        That correlation, and the lowest threshold from 0 to 1 that reaches it.
    """
    best = (-1.0, 0.0)
    for number in range(round(1 / step) + 1):
        threshold = round(number * step, 9)
        said = [label if sure >= threshold else otherwise for label, sure in zip(predicted, confidences)]
        correlation = matthews_correlation(truth, said)
        if correlation > best[0]:
            best = (correlation, threshold)
    return best


def wilson(count: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval in which a share lies with 95 % confidence, from 0 to 1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if not of:
        return 0.0, 1.0
    share = count / of
    middle = share + z * z / (2 * of)
    spread = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    scale = 1 + z * z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
