"What the package computes, for the tests of the figures' arithmetic (math.test.mjs)."
import math

import torch

from bnbook.backward import batch_norm_backward
from bnbook.functional import batch_statistics, normalize, scale_shift, update_running


def column(x: list[float]) -> torch.Tensor:
    "Numbers of one feature as a batch of shape (n, 1), in float64."
    return torch.tensor(x, dtype=torch.float64)[:, None]


def one(x: float) -> torch.Tensor:
    "A number of that feature, of shape (1,)."
    return torch.tensor([x], dtype=torch.float64)


def statistics(x: list[float], correction: int = 1) -> tuple[float, float]:
    "Mean and variance of one feature by `bnbook.functional`."
    mean, var = batch_statistics(column(x), correction)
    return mean.item(), var.item()


def numbers() -> dict:
    "Calls of each function of math.js with what the package gives, on numbers of several sizes."
    g, calls = torch.Generator().manual_seed(0), []
    for n, size in ((2, 1.0), (5, 1e-3), (32, 1e3), (1000, 1.0)):
        x = (size * (torch.randn(n, generator=g, dtype=torch.float64) + 2)).tolist()
        for correction in (0, 1):
            mean, var = statistics(x, correction)
            calls.append(("batchStatistics", [x, correction], {"mean": mean, "variance": var}, [size, size**2]))
        for eps in (1e-5, 1e-3):
            calls.append(("normalize", [x[0], mean, var, eps], normalize(column(x[:1]), one(mean), one(var), eps).item(), [1]))
        x_hat, rstd = normalize(column(x), one(mean), one(var)), one(var + 1e-5).rsqrt()       # of the biased variance, the last above
        push = torch.randn(n, 1, generator=g, dtype=torch.float64)
        wanted = batch_norm_backward(push, x_hat, one(1.0), rstd, 1)[0].flatten().tolist()
        calls.append(("backward", [push.flatten().tolist(), x_hat.flatten().tolist(), rstd.item(), 1], wanted, [rstd.item()]*n))
        gamma, beta, m = torch.rand(3, generator=g, dtype=torch.float64).tolist()
        calls.append(("scaleShift", [x[0], gamma, beta], scale_shift(column(x[:1]), one(gamma), one(beta)).item(), [size]))
        calls.append(("updateRunning", [x[0], x[1], m], update_running(one(x[0]), one(x[1]), m).item(), [size]))
    return {"calls": calls, "edge": math.atanh(0.97), "beyondTwo": math.erfc(2**0.5)}
