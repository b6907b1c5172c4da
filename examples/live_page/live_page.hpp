// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// What the page may ask of alphabar, in plain C. Arrays are doubles, stay where they are, and are
/// written anew by the call that returns them.
extern "C" {
int steps();
int sample_count();
int outline_count();
int moment_count();

/// 0 linear, 1 scaled linear, 2 cosine, 3 sigmoid; T = 1000.
void use_schedule(int which);
/// The Gaussian in the plane: its mean, its semi-axes, and how far the first one is turned.
void use_prior(double x, double y, double first, double second, double angle);

/// ᾱ, 1 − ᾱ, SNR, log SNR, the two eigenvalues, KL and W2 to N(0, I).
const double* now(int t);
const double* samples(int t);  ///< x, y of each
const double* ellipse(int t);  ///< x, y of each point of the outline and of the ends of both axes
const double* curves();        ///< `now` at every moment
int time_of(int moment);

/// Room for the text of the digits; then read what was written there.
char* digits_text(std::int32_t size);
void read_digits();
void show_digits(int page);
/// 64 pixels in [-1, 1] of ten images; what: 0 clean, 1 noised, 2 and 3 denoised with one Gaussian
/// and with one for each kind of digit.
const double* digits(int what, int t);
const double* digit_beliefs(int t);   ///< P(kind | x_t) of the kind that it is, for ten images
const double* digit_spectrum(int t);  ///< 64 eigenvalues, ascending

/// W2 to the data, 4 samplers × 5 budgets of calls: of the plane (0) or of the digits (1).
const double* sampler_table(int of_digits);
}
