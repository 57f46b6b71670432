// SQL against the runtime in this process: parse, bind, plan, run.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "planner/bind/bind.h"
#include "tests/simulation/bag.h"
#include "tests/slt/engine.h"
#include "tests/slt/local_runtime.h"

namespace riverrun::slt {

using simulation::Bag;

class LocalEngine : public Engine {
 public:
  /// `mode` is one of the modes of --mode; skipif and onlyif know it by its name.
  LocalEngine(std::string mode, const RuntimeOptions& options);
  ~LocalEngine() override;

  bool IsCalled(std::string_view name) const override;
  Answer Run(const std::string& sql) override;
  Answer Feed(const std::string& relation, const std::vector<std::string>& lines) override;
  Answer Changes(const std::string& view) override;
  Answer Explain(const std::string& sql) override;
  Answer Restart() override;
  std::optional<std::string> CheckLaw() override;

 private:
  class TickingClock;

  planner::BindContext Context();
  Answer RunStatement(const parser::ast::Statement& statement);
  Answer Execute(const planner::QueryPlan& plan);
  Answer Execute(const planner::WritePlan& plan);
  Answer Execute(const planner::CatalogPlan& plan);
  Answer Execute(const planner::MaterializedViewPlan& plan);
  Answer Execute(const planner::ExplainPlanned& plan);
  Answer Execute(const planner::SessionPlan& plan);
  Answer ChangeSetting(const std::string& name, const std::string& text);
  Answer CommitCatalog(const std::vector<storage::CatalogChange>& changes);
  void Rebuild();

  /// The rows of a query run once, with weights, in its order.
  Result<std::vector<Batch>> RunOnce(const planner::LoweredQuery& query, const Settings& settings,
                                     bool drop_failing_rows = false);
  Result<std::vector<Batch>> Scan(ObjectId object, const std::vector<int>& columns);
  Bag BagOf(const std::vector<Batch>& batches) const;
  std::string RowText(const std::string& image, const std::vector<Type>& types) const;
  std::optional<std::string> CheckView(const storage::CatalogObject& view);

  const std::string mode_;
  RuntimeOptions options_;
  Settings settings_;
  std::vector<std::string> search_path_ = {"public"};
  std::map<std::string, std::string> setting_texts_;
  std::unique_ptr<TickingClock> clock_;
  std::unique_ptr<simulation::MemoryFileSystem> files_;
  std::unique_ptr<LocalRuntime> runtime_;
  std::set<ObjectId> views_to_check_;
  std::map<ObjectId, Bag> seen_;  // by Changes
};

}  // namespace riverrun::slt
