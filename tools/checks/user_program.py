"A small program that uses bnbook as its users do; `make test` has a type checker read it (it is not run)."
import torch
from torch import nn

import bnbook
from bnbook.functional import batch_statistics

layer = bnbook.BatchNorm1d(8, momentum=0.1)
y: torch.Tensor = layer(torch.randn(4, 8))
mean, var = batch_statistics(torch.randn(4, 8))
model = nn.Sequential(nn.Linear(8, 8), layer, nn.ReLU())
total: float = mean.sum().item() + var.sum().item()
