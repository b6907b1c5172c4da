// SPDX-License-Identifier: MIT
#include <ostream>
#include <string_view>

#include "diffuse_dataset/json.hpp"
#include "diffuse_dataset/report.hpp"
#include "diffuse_dataset/report_page.hpp"

namespace diffuse_dataset {
namespace {

void write_specimen(JsonObject& json, const Specimen& specimen) {
  json.member("x0", specimen.x0);
  json.member("noise", specimen.noise);
}

void write_check(JsonObject& json, const Check& check) {
  json.member("t", check.t);
  json.member("alpha_bar", check.alpha_bar);
  json.member("snr", check.snr);
  json.member("jump_error", check.jump_error);
  json.member("walk_error", check.walk_error);
  json.member("jump_p_value", check.jump_p_value);
  json.member("walk_p_value", check.walk_p_value);
  json.member("wishart_p_value", check.wishart_p_value);
  json.member("kl_to_normal", check.kl_to_normal);
  json.member("total_correlation", check.total_correlation);
}

void write_stand_in(JsonObject& json, const StandIn& stand_in) {
  json.member("name", stand_in.name);
  json.member("description", stand_in.description);
  json.member("cost", stand_in.cost);
  json.member("draws", stand_in.draws);
}

void write_data(const Report& report, std::ostream& out) {
  JsonObject json(out);
  json.member("dataset", report.dataset);
  json.member("source", report.source);
  json.member("scaling", report.scaling);
  json.member("samples", report.samples);
  json.member("dimension", report.dimension);
  json.member("image_width", report.image_width);
  json.member("image_height", report.image_height);
  json.member("value_low", report.value_low);
  json.member("value_high", report.value_high);
  json.member("notes", report.notes);
  json.member("schedule", report.schedule);
  json.member("seed", report.seed);
  json.member("command", report.command);
  json.member("version", report.version);
  json.member("alpha_bar", report.alpha_bar);
  json.member("one_minus_alpha_bar", report.one_minus_alpha_bar);
  json.member("beta", report.beta);
  json.member("snr", report.snr);
  json.objects("specimens", report.specimens, write_specimen);
  json.member("eigenvalues", report.eigenvalues);
  json.member("eigenvectors", report.eigenvectors);
  json.member("heat_coordinates", report.heat_coordinates);
  json.member("heat_covariance", report.heat_covariance);
  json.member("heat_description", report.heat_description);
  json.member("first_component", report.first_component);
  json.member("second_component", report.second_component);
  json.member("first_component_noise", report.first_component_noise);
  json.member("second_component_noise", report.second_component_noise);
  json.member("first_component_mean", report.first_component_mean);
  json.member("second_component_mean", report.second_component_mean);
  json.member("total_correlation", report.total_correlation);
  json.member("kl_mean", report.kl_mean);
  json.member("kl_covariance", report.kl_covariance);
  json.objects("stand_ins", report.stand_ins, write_stand_in);
  json.member("cost_times", report.cost_times);
  json.member("jumped", report.jumped);
  json.member("walked", report.walked);
  json.member("alarm_level", report.alarm_level);
  json.objects("checks", report.checks, write_check);
}

}  // namespace

void write_report(const Report& report, std::ostream& out) {
  const std::string_view page = report_page();
  constexpr std::string_view mark = "@DATA@";
  const std::size_t data = page.find(mark);
  out << page.substr(0, data);
  write_data(report, out);
  out << page.substr(data + mark.size());
}

}  // namespace diffuse_dataset
