"""Teach a copy of the sentence encoder's upper layers how serious a message is. Part of `make encoder`; needs PyTorch.

The encoder was trained to tell what a text is about. Who it is about, whether it is happening now and how bad it is, its upper layers
leave behind: "my lips are swelling" and "can lips swell" come to lie close together. So two layers of it exist twice: as they were, for
what is asked, and taught by the examples in data/, for how serious it is. The layers below are shared.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from tokenizers import Tokenizer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

LEVELS = ("routine", "urgent", "emergency")
FAMILY = "safety/"
SHARED_LAYERS = 4  # of six
EPOCHS = 4
BATCH = 64
RATE = 3e-4  # of learning, at its highest; for these few layers ten times what is usual for a whole transformer
WARM_UP = 0.06  # of all steps
DECAY = 0.01
DROPOUT = 0.1
SMOOTHING = 0.01  # a label may be wrong: nothing is learnt to be certain
BUCKET = 40  # batches whose examples are sorted by length, so that little of a batch is padding
SEED = 20


@dataclass(frozen=True)
class Example:
    """A training example.

    Attributes:
        text: What a visitor types.
        level: From 0, no concern, to 3, an emergency.
    """

    text: str
    level: int


def read_examples(folder: Path) -> list[Example]:
    """The examples of all questions and concerns in a folder of training data."""
    examples = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []:
            name = block["intent"].removeprefix(FAMILY)
            level = LEVELS.index(name) + 1 if block["intent"].startswith(FAMILY) else 0
            examples += [Example(line[2:].strip(), level) for line in block["examples"].splitlines() if line.startswith("- ")]
    return examples


class ConcernBranch(nn.Module):
    """Copies of the upper layers, and what turns their mean into a number for each level and above.

    Args:
        transformer: A BERT-like encoder.
    """

    def __init__(self, transformer: nn.Module) -> None:
        super().__init__()
        self.layers = copy.deepcopy(transformer.encoder.layer[SHARED_LAYERS:])
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(transformer.config.hidden_size, len(LEVELS))

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Turns (batch, tokens, dimensions) of the shared layers' states and (batch, tokens) of mask into (batch, levels) of logits."""
        hidden = (1.0 - mask[:, None, None, :].to(states.dtype)) * -1e4
        for layer in self.layers:
            output = layer(states, hidden)
            states = output[0] if isinstance(output, tuple) else output
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        logits: torch.Tensor = self.head(self.dropout(mean))
        return logits


def tune(transformer: nn.Module, tokenizer: Tokenizer, examples: list[Example]) -> tuple[ConcernBranch, torch.Tensor]:
    """Teaches a branch.

    Returns:
        The branch, and the mean of the shared layers' sentence vectors over the examples, of shape (dimensions,).
    """
    torch.manual_seed(SEED)
    order = random.Random(SEED)  # noqa: S311 - it shuffles examples
    states = _shared_states(transformer, tokenizer, [example.text for example in examples])
    center = torch.stack([state.float().mean(0) for state in states]).mean(0)
    reached = torch.tensor([[float(example.level > level) for level in range(len(LEVELS))] for example in examples])
    wanted = reached * (1 - 2 * SMOOTHING) + SMOOTHING

    branch = ConcernBranch(transformer)
    matrices = [weight for weight in branch.parameters() if weight.ndim > 1]
    others = [weight for weight in branch.parameters() if weight.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}], lr=RATE
    )
    steps = EPOCHS * len(examples) / BATCH
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (WARM_UP * steps)) * max(0.02, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        branch.train()
        losses = []
        for batch in _batches([len(state) for state in states], order):
            logits = branch(*_padded([states[i] for i in batch]))
            loss = binary_cross_entropy_with_logits(logits, wanted[batch], reduction="none").sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {sum(losses) / len(losses):.3f}", flush=True)
    return branch.eval(), center


def _shared_states(transformer: nn.Module, tokenizer: Tokenizer, texts: list[str]) -> list[torch.Tensor]:
    """What the shared layers make of each text: (tokens, dimensions) of float16."""
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
    states: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            ids = nn.utils.rnn.pad_sequence([torch.tensor(tokens[i]) for i in batch], batch_first=True)
            mask = nn.utils.rnn.pad_sequence([torch.ones(len(tokens[i]), dtype=torch.int64) for i in batch], batch_first=True)
            shared = transformer(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[SHARED_LAYERS]
            for row, i in enumerate(batch):
                states[i] = shared[row, : len(tokens[i])].half()
    return states


def _batches(lengths: list[int], order: random.Random) -> Iterator[list[int]]:
    """All examples once, in random batches of examples of like length."""
    examples = list(range(len(lengths)))
    order.shuffle(examples)
    batches = []
    for start in range(0, len(examples), BATCH * BUCKET):
        bucket = sorted(examples[start : start + BATCH * BUCKET], key=lambda i: lengths[i])
        batches += [bucket[first : first + BATCH] for first in range(0, len(bucket), BATCH)]
    order.shuffle(batches)
    return iter(batches)


def _padded(states: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(state)) for state in states], batch_first=True)
    return nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True), mask
