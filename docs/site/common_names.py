# SPDX-License-Identifier: MIT
"""What the reference says of the names that many classes have in common.

A concept asks a dozen covariances for their rank, and each process for its noise scale. This file
describes such a name once, for the headers that do not.
"""
import re

SAID_HERE = [(re.compile(pattern), words) for pattern, words in (
    (r"  using Matrix = ", "d × d."),
    (r"  using Vector = ", "A point, d × 1."),
    (r"  using Batch = ", "Points, one per column, d × n."),
    (r"  using Prior = ", "The distribution of the data."),
    (r"  .*\) &&(?: requires .*)?(?: noexcept)? \{", "The same by value, of a temporary."),
    (r"  .* operator==\(.*\) = default;", "Whether all members are equal."),
    (r"  .*\bstd::initializer_list<", "The same for numbers in braces."),
    (r"(?:requires .*> )?[A-Z][a-z]\w+\(", "The scalar and the size are those of the arguments."),
    (r"  using Weights = ", "One for each component."),
    # covariance/covariance_structure.hpp
    (r"  .* dimension\(\) const", "d."),
    (r"  .* matrix\(\) const", "Σ, entry by entry: d² numbers."),
    (r"  .* eigenvalues\(\) const", "The spectrum of Σ, in an order that mapped() keeps."),
    (r"  .* rank\(\) const", "How many eigenvalues are not 0."),
    (r"  .* shares_basis\(", "Whether the other's eigenvectors are known to be the same, one by one."),
    (r"  .* bool uncorrelated = true;", "The eigenvectors are the coordinate axes."),
    (r"  .* bool isotropic = true;", "There is one eigenvalue only."),
    # gaussian, process
    (r"  .* mean\(\) const", "μ."),
    (r"  .* covariance\(\) const", "Σ."),
    (r"  .* prior\(\) const", "The distribution of the data."),
    (r"  .* schedule\(\) const", "The schedule."),
    (r"  .* steps\(\) const", "T, the number of steps."),
    # schedule/continuous_process.hpp, where the accuracy of all is
    (r"  .* alpha_bar\(double t\) const", "ᾱ(t) = α(t)²."),
    (r"  .* one_minus_alpha_bar\(double t\) const", "1 − ᾱ(t) = σ(t)², without the subtraction."),
    (r"  .* signal_scale\(double t\) const", "α(t), the factor of the data."),
    (r"  .* noise_scale\(double t\) const", "σ(t), the standard deviation of the noise."),
    (r"  .* log_snr\(double t\) const", "log(α(t)²/σ(t)²)."),
    (r"  .* time_of_log_snr\(double l\) const", "The time t with log_snr(t) = l."),
    (r"  .* transition\(double s, double t\) const", "q(x_t | x_s), s <= t."),
    # real_list.hpp, oracle/sampler_probe.hpp
    (r"  .* values\(\) const&", "The numbers, in their order."),
    (r"  .* operator\(\)\(Arguments\.\.\. arguments\) const", "Calls the function that it holds."),
    # sampler/sampler.hpp
    (r"  .* plan\(const SamplerPath& path\) const", "The sampler along the path, as affine steps."),
    (r"  VpLinear process\{\};", "The process whose reverse is sampled; the network predicts its score."),
)]


def begin_of_declaration(lines, i):
    """Where the declaration that has its name in line i begins: before its template and requires."""
    while re.match(r" *(template <|requires )", lines[i - 1]):
        i -= 1
    return i


def add_common_words(text):
    lines, said = text.split("\n"), {}
    for i, line in enumerate(lines):
        words = next((words for pattern, words in SAID_HERE if pattern.match(line)), None)
        begin = begin_of_declaration(lines, i) if words else i
        if words and "///" not in line and not lines[begin - 1].lstrip().startswith("///"):
            said[begin] = f"/// {words}"
    return "\n".join(said[i] + "\n" + line if i in said else line for i, line in enumerate(lines))
