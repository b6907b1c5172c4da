#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests the Python module: a DDIM in NumPy, and in torch where it is installed, right and with a
planted fault; arrays of any type and stride; exceptions in both directions."""
import importlib.util
import threading
import unittest

import numpy as np

import alphabar

MEAN, VARIANCES = [1, -2, 3], [0.05, 1, 20]
SD15 = """{"_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085,
           "beta_end": 0.012, "clip_sample": false, "steps_offset": 1}"""


# [ddim]
def ddim(network, noise, n=20):
    """DDIM with the table of Stable Diffusion; the network predicts the noise."""
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alpha_bar = np.cumprod(1 - betas)
    x = noise()
    for k in range(n - 1, -1, -1):
        t, s = 1000 // n * k + 1, 1000 // n * (k - 1) + 1
        a_t, a_s = alpha_bar[t], alpha_bar[s] if k > 0 else 1
        eps = network(x, t)
        x0 = (x - np.sqrt(1 - a_t) * eps) / np.sqrt(a_t)
        x = np.sqrt(a_s) * x0 + np.sqrt(1 - a_s) * eps
    return x
# [ddim]


def audit(sampler, **options):
    plan = alphabar.plan(SD15, 20)
    return alphabar.audit(sampler, plan, mean=MEAN, variances=VARIANCES, **options)


class Tables(unittest.TestCase):
    def test_tables_of_a_name_and_of_a_file(self):
        named = alphabar.tables("scaled_linear")
        for key, values in alphabar.tables(SD15).items():
            np.testing.assert_array_equal(values, named[key])
        betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
        np.testing.assert_allclose(named["alpha_bar"][1:], np.cumprod(1 - betas), rtol=1e-12)
        self.assertEqual(named["alpha_bar"].shape, (1001,))

    def test_what_is_refused_is_a_value_error_with_the_sentence(self):
        with self.assertRaisesRegex(ValueError, 'a schedule must be one of .*, got "cubic"'):
            alphabar.tables("cubic")
        with self.assertRaisesRegex(ValueError, "beta_schedule must be one of"):
            alphabar.tables('{"_class_name": "DDIMScheduler", "beta_schedule": "none"}')
        with self.assertRaisesRegex(ValueError, "n must be >= 1, got 0"):
            alphabar.plan(SD15, 0)
        with self.assertRaisesRegex(ValueError, "has no table"):
            alphabar.tables('{"_class_name": "EDMEulerScheduler"}')
        with self.assertRaisesRegex(ValueError, "times\\[1\\] must be at most 1"):
            alphabar.plan("euler", "sigma", [1, 2])


class Plans(unittest.TestCase):
    def run_plan(self, plan, network, x, normals):
        """The loop of the how-to, with earlier predictions and draws."""
        predictions, draws, taken = [], [], 0
        for k in range(len(plan)):
            answer = network(plan.input_scale[k] * x, plan.model_time[k])
            predictions.insert(0, plan.from_x[k] * x + plan.from_network[k] * answer)
            for _ in range(plan.new_draws[k]):
                draws.insert(0, normals[taken])
                taken += 1
            x = plan.x[k] * x
            x = x + sum(w * p for w, p in zip(plan.predictions[k], predictions))
            x = x + sum(w * z for w, z in zip(plan.draws[k], draws))
        return x

    def test_the_arrays_of_a_plan_are_the_sampler(self):
        plan = alphabar.plan(SD15, 20)
        network = lambda x, t: np.sin(x + t / 1000)
        start = np.array([0.3, -1, 2])
        np.testing.assert_allclose(self.run_plan(plan, network, start, []),
                                   ddim(network, lambda: start), rtol=1e-10)

    def test_a_sampler_by_its_name(self):
        plan = alphabar.plan("dpmpp_2m", "sigma", [80, 10, 1], prediction="x0")
        self.assertEqual(plan.predictions.shape, (3, 2))
        self.assertEqual(plan.predictions[2].tolist(), [1, 0])  # the last step ends in x_0
        self.assertEqual(plan.start_scale, 80)
        stochastic = alphabar.plan("euler_ancestral", "flow", [1, 0.5], prediction="flow_velocity")
        self.assertEqual(stochastic.new_draws, [1, 0])
        with self.assertRaisesRegex(ValueError, "eta must be None"):
            alphabar.plan("euler", "sigma", [1], eta=1)
        with self.assertRaisesRegex(ValueError, "sampler must be one of ddim, ddpm, "):
            alphabar.plan("eulerr", "sigma", [1])


class Laws(unittest.TestCase):
    def test_the_exact_law_of_a_plan(self):
        # Euler from sigma = 80 to 0 in one step: x becomes the ideal prediction of the data.
        law = alphabar.law(alphabar.plan("euler", "sigma", [80.0], prediction="x0"), MEAN, VARIANCES)
        gain = np.array(VARIANCES) / (np.array(VARIANCES) + 6400)
        np.testing.assert_allclose(law["variances"], gain**2 * 6400, rtol=1e-12)
        np.testing.assert_allclose(law["mean"], (1 - gain) * MEAN, rtol=1e-12)

    def test_optimal_sigmas_are_better_than_others(self):
        best = alphabar.optimal_sigmas(VARIANCES, 6, 80)
        other = 80 * np.power(0.002 / 80, np.arange(6) / 5)
        error = lambda sigmas: alphabar.law(
            alphabar.plan("euler", "sigma", sigmas, prediction="x0"), MEAN, VARIANCES)["distance"]
        self.assertEqual(best[0], 80)
        self.assertLess(error(best), 0.7 * error(other))
        with self.assertRaisesRegex(ValueError, "eigenvalues"):
            alphabar.optimal_sigmas([-1, 1], 6, 80)


class Audits(unittest.TestCase):
    def test_a_right_ddim_passes(self):
        report = audit(ddim)
        self.assertTrue(report.passed, report)
        self.assertLess(report.distance, 1e-10)
        self.assertEqual(report.findings, [])

    def test_a_planted_fault_is_named(self):
        def faulty(network, noise):  # the table is read one place off
            return ddim(lambda x, t: network(x, t + 1), noise)

        report = audit(faulty)
        self.assertFalse(report.passed)
        self.assertIn("must be 951, found 952", str(report))

    def test_a_sampler_in_float_passes_at_its_tolerance(self):
        def in_float(network, noise):
            def checked(x, t):
                answer = network(x.astype(np.float32), t)
                assert answer.dtype == np.float32
                return answer

            return ddim(checked, lambda: noise().astype(np.float32)).astype(np.float32)

        self.assertTrue(audit(in_float, tolerance=1e-5).passed)

    def test_strides_and_lists(self):
        def strided(network, noise):
            def ask(x, t):
                twice = np.repeat(x, 2)
                return network(twice[::2], t)

            return list(ddim(ask, noise))

        self.assertTrue(audit(strided).passed)

    @unittest.skipUnless(importlib.util.find_spec("torch"), "torch is not installed")
    def test_a_ddim_in_torch(self):
        import torch

        def in_torch(network, noise, shift=0):
            alpha_bar = torch.cumprod(
                1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0)
            x = torch.from_numpy(noise())
            for t in range(951, 0, -50):
                a_t = alpha_bar[t]
                a_s = alpha_bar[t - 50] if t > 1 else torch.ones((), dtype=torch.float64)
                eps = torch.from_numpy(network(x, t + shift))
                x = a_s.sqrt() * (x - (1 - a_t).sqrt() * eps) / a_t.sqrt() + (1 - a_s).sqrt() * eps
            return x

        report = audit(in_torch)
        self.assertTrue(report.passed, report)
        self.assertIn("must be 951, found 952",
                      str(audit(lambda network, noise: in_torch(network, noise, 1))))

    def test_exceptions_of_a_sampler_are_raised_again(self):
        class Mine(Exception):
            pass

        def raising(network, noise):
            raise Mine("here")

        with self.assertRaisesRegex(Mine, "here"):
            audit(raising)
        with self.assertRaisesRegex(ValueError, "x must have 3 numbers, got 2"):
            audit(lambda network, noise: network(noise()[:2], 1))
        with self.assertRaises(KeyboardInterrupt):
            def interrupted(n, network, noise):
                raise KeyboardInterrupt

            alphabar.examine(interrupted, mean=MEAN, variances=VARIANCES, along="sigma",
                             prediction="x0")

    def test_an_examination_finds_the_order_and_a_fault(self):
        def euler(n, network, noise, scale=1.0):
            levels = np.append((80 ** (1 / 7) + np.arange(n) / max(n - 1, 1)
                                * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7, 0)
            x = 80 * noise()
            for t, s in zip(levels, levels[1:]):
                x = x + scale * (s - t) * (x - network(x, t)) / t
            return x

        options = dict(mean=MEAN, variances=VARIANCES, along="sigma", prediction="x0")
        right = alphabar.examine(euler, **options)
        self.assertTrue(right.passed, right)
        self.assertAlmostEqual(right.order, 1, delta=0.15)
        wrong = alphabar.examine(lambda *given: euler(*given, scale=0.9), **options)
        self.assertFalse(wrong.passed)


class Noise(unittest.TestCase):
    def test_the_bits_do_not_depend_on_the_shape_or_the_call(self):
        whole = alphabar.noise(7, (4, 5), stream=3)
        self.assertEqual(whole.shape, (4, 5))
        np.testing.assert_array_equal(alphabar.noise(7, [8], stream=3, first=12),
                                      whole.ravel()[12:])
        self.assertEqual(alphabar.noise(7, (2,), dtype=np.float32).dtype, np.float32)
        self.assertLess(abs(alphabar.noise(7, (100000,)).std() - 1), 0.01)
        with self.assertRaisesRegex(ValueError, "dtype must be float32 or float64, got int64"):
            alphabar.noise(7, (2,), dtype="int64")

    def test_add_noise_is_the_formula(self):
        x0 = np.arange(12.0).reshape(3, 4)
        table = alphabar.tables("linear")["alpha_bar"]
        t = [1, 500, 1000]
        noised = alphabar.add_noise("linear", x0, t, seed=5)
        a = table[t][:, None]
        np.testing.assert_allclose(noised, np.sqrt(a) * x0 + np.sqrt(1 - a) * alphabar.noise(5, (3, 4)),
                                   atol=1e-12)
        np.testing.assert_array_equal(alphabar.add_noise("linear", np.asfortranarray(x0), t, seed=5),
                                      noised)
        self.assertEqual(alphabar.add_noise("linear", x0.astype("f4"), t, seed=5).dtype, np.float32)
        flow = alphabar.add_noise("flow", x0, [0, 0.5, 1], seed=5)
        np.testing.assert_array_equal(flow[0], x0[0])
        np.testing.assert_array_equal(flow[2], alphabar.noise(5, (3, 4))[2])
        with self.assertRaisesRegex(ValueError, "must be in 0..1000, got 1001"):
            alphabar.add_noise("linear", x0, [1001, 1, 1], seed=5)
        with self.assertRaisesRegex(ValueError, "t must be whole"):
            alphabar.add_noise("linear", x0, [0.5, 1, 1], seed=5)
        with self.assertRaisesRegex(ValueError, "a time for each of the 3 samples, got 2"):
            alphabar.add_noise("linear", x0, [1, 1], seed=5)

    def test_other_threads_run_meanwhile(self):
        ticks = []
        thread = threading.Thread(target=lambda: [ticks.append(k) for k in range(1000)])
        thread.start()
        alphabar.noise(1, (10_000_000,))
        thread.join()
        self.assertEqual(len(ticks), 1000)


if __name__ == "__main__":
    unittest.main()
