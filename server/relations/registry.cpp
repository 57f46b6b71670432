#include "server/relations/registry.h"

#include <algorithm>

namespace riverrun::server {
namespace {

struct Registry {
  storage::VirtualRelations relations;
  std::map<ObjectId, VirtualRelation> makers;

  void Add(VirtualRelation relation) {
    const ObjectId id = relations.Add(std::string(relation.schema), std::string(relation.name),
                                      relation.columns);
    makers.emplace(id, std::move(relation));
  }
};

// Here a new relation is added.
const Registry& Relations() {
  static const Registry* const registry = [] {
    auto* made = new Registry;
    made->Add(ReadProgress());
    made->Add(SystemSources());
    made->Add(SystemViews());
    return made;
  }();
  return *registry;
}

}  // namespace

const storage::VirtualRelations& SystemRelations() { return Relations().relations; }

bool AnyVirtual(std::span<const ObjectId> objects) {
  return std::ranges::any_of(objects, storage::IsVirtual);
}

std::map<ObjectId, storage::ReadView::MadeRows> MakeRowsOf(std::span<const ObjectId> objects,
                                                           const Moment& moment,
                                                           MemoryBudget* budget) {
  std::map<ObjectId, storage::ReadView::MadeRows> made;
  for (const ObjectId object : objects) {
    if (!storage::IsVirtual(object)) continue;
    const VirtualRelation& relation = Relations().makers.at(object);
    RowWriter rows(relation.columns, budget);
    relation.make(moment, rows);
    made[object] = std::make_shared<const std::vector<Batch>>(rows.Finish());
  }
  return made;
}

}  // namespace riverrun::server
