# SPDX-License-Identifier: MIT
import numpy as np

import alphabar


# [my sampler]
def my_ddim(network, noise, n=20):
    """DDIM for Stable Diffusion 1.5; the network predicts the noise."""
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alpha_bar = np.cumprod(1 - betas)
    x = noise()
    for t in range(1000 - 1000 // n + 1, 0, -(1000 // n)):
        a_t = alpha_bar[t]
        a_s = alpha_bar[t - 1000 // n] if t > 1 else 1
        eps = network(x, t + 1)  # the table counts from 0
        x0 = (x - np.sqrt(1 - a_t) * eps) / np.sqrt(a_t)
        x = np.sqrt(a_s) * x0 + np.sqrt(1 - a_s) * eps
    return x
# [my sampler]


# [the test]
config = """{"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear",
             "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1, "clip_sample": false}"""
claim = alphabar.plan(config, 20)
data = dict(mean=[1, -2, 3], variances=[0.05, 1, 20])
report = alphabar.audit(my_ddim, claim, **data)
print(report, end="")
# [the test]

# [mended]
mended = lambda network, noise: my_ddim(lambda x, t: network(x, t - 1), noise)
print(alphabar.audit(mended, claim, **data).passed)
# [mended]
