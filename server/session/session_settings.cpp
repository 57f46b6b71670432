#include "server/session/session_settings.h"

#include "planner/bind/settings_text.h"
#include "server/session/settings_table.h"

namespace riverrun::server {
namespace {

Error Unknown(std::string_view name) {
  return {sqlstate::kUndefinedObject,
          "unrecognized configuration parameter \"" + std::string(name) + "\""};
}

// Names with a dot are the client's own.
bool IsCustom(std::string_view name) { return name.find('.') != std::string_view::npos; }

}  // namespace

SessionSettings::SessionSettings() {
  auto values = std::make_shared<Values>();
  for (const SettingDefinition& setting : SettingDefinitions()) {
    const std::string name(setting.name);
    initial_[name] = setting.initial;
    values->values[name] = setting.initial;
    Interpret(*values, name, values->values[name]);
  }
  current_ = lasting_ = std::move(values);
}

// The settings that shape what queries mean, and those that the session looks at.
void SessionSettings::Interpret(Values& state, std::string_view name, const std::string& value) {
  if (name == "statement_timeout") {
    state.statement_timeout_ms = ParseMilliseconds(value).value_or(0);
    return;
  }
  planner::BindContext context;
  context.settings = state.settings;
  context.search_path = state.search_path;
  context = planner::WithSettings(context, {{std::string(name), value}});
  state.settings = context.settings;
  state.search_path = context.search_path;
}

// What is equal already stays the same object.
void SessionSettings::Store(ValuesRef& state, std::string_view name, std::string value) {
  const auto found = state->values.find(name);
  if (found != state->values.end() && found->second == value) return;
  auto changed = std::make_shared<Values>(*state);
  std::string& stored = changed->values[std::string(name)];
  stored = std::move(value);
  if (FindSetting(name) != nullptr) Interpret(*changed, name, stored);
  state = std::move(changed);
}

Result<void> SessionSettings::Apply(ValuesRef& state, std::string_view name,
                                    std::string_view value) {
  const SettingDefinition* setting = FindSetting(name);
  if (setting == nullptr) {
    if (!IsCustom(name)) return std::unexpected(Unknown(name));
    Store(state, name, std::string(value));
    return {};
  }
  if (setting->fixed) {
    return Fail(State("55P02"),
                "parameter \"" + std::string(setting->name) + "\" cannot be changed");
  }
  Result<std::string> canonical = std::string(value);
  if (setting->canonical != nullptr) canonical = setting->canonical(*setting, value);
  if (!canonical) return std::unexpected(canonical.error());
  Store(state, setting->name, *std::move(canonical));
  return {};
}

Result<void> SessionSettings::Begin(std::string_view name, std::string_view value) {
  if (Result<void> set = Set(name, value, false); !set) return set;
  const SettingDefinition* setting = FindSetting(name);
  const std::string key(setting == nullptr ? name : setting->name);
  initial_[key] = Value(key);
  return {};
}

Result<void> SessionSettings::Set(std::string_view name, std::string_view value, bool local) {
  const bool same = current_ == lasting_;
  if (Result<void> set = Apply(current_, name, value); !set || local) return set;
  if (!same) return Apply(lasting_, name, value);
  lasting_ = current_;
  return {};
}

Result<void> SessionSettings::Reset(std::string_view name, bool local) {
  const SettingDefinition* setting = FindSetting(name);
  const auto initial = initial_.find(setting == nullptr ? name : setting->name);
  if (initial != initial_.end()) return Set(name, std::string(initial->second), local);
  if (!IsCustom(name)) return std::unexpected(Unknown(name));
  for (ValuesRef* state : {&current_, &lasting_}) {
    auto changed = std::make_shared<Values>(**state);
    changed->values.erase(std::string(name));
    *state = std::move(changed);
  }
  return {};
}

void SessionSettings::ResetAll() {
  for (const SettingDefinition& setting : SettingDefinitions()) {
    const bool mode = setting.name == "transaction_isolation" ||
                      setting.name == "transaction_read_only" ||
                      setting.name == "transaction_deferrable";
    if (setting.fixed || mode) continue;
    [[maybe_unused]] const auto reset = Reset(setting.name);
  }
  for (ValuesRef* state : {&current_, &lasting_}) {
    auto changed = std::make_shared<Values>(**state);
    std::erase_if(changed->values, [](const auto& value) { return IsCustom(value.first); });
    *state = std::move(changed);
  }
}

Result<std::string> SessionSettings::Show(std::string_view name) const {
  const SettingDefinition* setting = FindSetting(name);
  const auto value = current_->values.find(setting == nullptr ? name : setting->name);
  if (value == current_->values.end()) return std::unexpected(Unknown(name));
  return value->second;
}

const std::string& SessionSettings::Value(std::string_view name) const {
  const auto value = current_->values.find(name);
  CHECK(value != current_->values.end(), "a setting that the table does not have");
  return value->second;
}

void SessionSettings::Put(std::string_view name, std::string value) {
  const bool same = current_ == lasting_;
  Store(current_, name, value);
  if (same) {
    lasting_ = current_;
  } else {
    Store(lasting_, name, std::move(value));
  }
}

void SessionSettings::Restore(Mark mark) {
  current_ = std::move(mark.current);
  lasting_ = std::move(mark.lasting);
}

std::vector<std::pair<std::string, std::string>> SessionSettings::Reported() const {
  std::vector<std::pair<std::string, std::string>> reported;
  for (const SettingDefinition& setting : SettingDefinitions()) {
    if (setting.reported) reported.emplace_back(setting.name, Value(setting.name));
  }
  return reported;
}

std::vector<std::pair<std::string, std::string>> SessionSettings::TakeChanges() {
  std::vector<std::pair<std::string, std::string>> changes;
  if (current_ == told_of_) return changes;
  told_of_ = current_;
  for (auto& [name, value] : Reported()) {
    const auto [told, fresh] = told_.try_emplace(name, value);
    if (!fresh && told->second == value) continue;
    told->second = value;
    changes.emplace_back(name, value);
  }
  return changes;
}

}  // namespace riverrun::server
