#include "tests/storage/view/view_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "types/codec/hash.h"
#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

constexpr uint32_t kPoolRows = 600;

std::vector<int> AllColumns(const ViewLayout& layout) {
  std::vector<int> columns(layout.types.size());
  std::iota(columns.begin(), columns.end(), 0);
  return columns;
}

}  // namespace

Batch MakeRows(std::span<const TestRow> rows) {
  const std::vector<Type> types = {Type::Int8(), Type::Text()};
  BatchBuilder builder(types);
  for (const TestRow& row : rows) {
    if (row.id) {
      builder.column(0).Append(*row.id);
    } else {
      builder.column(0).AppendNull();
    }
    builder.column(1).AppendBytes(row.text);
    builder.EndRow(row.weight);
  }
  return builder.Finish();
}

ViewLayout TestLayout(ViewKey key) {
  ViewLayout layout;
  layout.types = {Type::Int8(), Type::Text()};
  layout.key = key;
  if (key == ViewKey::kColumns) layout.key_columns = {0};
  return layout;
}

std::vector<ModelRow> ReadAll(ViewCursor& cursor) {
  std::vector<ModelRow> out;
  for (;;) {
    auto next = cursor.Next();
    EXPECT_TRUE(next.has_value()) << ToString(next.error());
    if (!next || !*next) return out;
    const Batch& batch = **next;
    EXPECT_GT(batch.selected(), 0u);
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      ModelRow& read = out.emplace_back();
      AppendImage(batch, row, read.image);
      read.weight = batch.WeightOf(row);
    });
  }
}

std::vector<ModelRow> ReadAll(const VersionRef& version, bool ordered,
                              std::optional<KeyRange> range, std::span<const RunRef> newer) {
  auto cursor =
      OpenScan(version, newer, AllColumns(*version->layout), std::move(range), ordered);
  EXPECT_TRUE(cursor.has_value());
  return ReadAll(**cursor);
}

std::vector<ModelRow> RowsOf(const Model& model, const std::optional<KeyRange>& range) {
  std::vector<ModelRow> out;
  for (const auto& [key, row] : model) {
    if (range && key < range->low) continue;
    if (range && !range->high.empty() && key >= range->high) continue;
    out.push_back(row);
  }
  return out;
}

std::vector<std::string> TextsOf(ViewCursor& cursor) {
  std::vector<std::string> out;
  for (;;) {
    auto next = cursor.Next();
    EXPECT_TRUE(next.has_value());
    if (!next || !*next) return out;
    const Batch& batch = **next;
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      std::string text = batch.columns[0].IsNull(row)
                             ? "null"
                             : std::to_string(batch.columns[0].At<int64_t>(row));
      text += ":" + std::string(batch.columns[1].BytesAt(row));
      if (batch.WeightOf(row) != 1) text += "*" + std::to_string(batch.WeightOf(row));
      out.push_back(std::move(text));
    });
  }
}

std::vector<std::string> TextsOf(const VersionRef& version) {
  const int columns[] = {0, 1};
  auto cursor = OpenScan(version, {}, columns, std::nullopt, true);
  return TextsOf(**cursor);
}

RandomView::RandomView(uint64_t seed, ViewKey key) : random_(seed) {
  layout_.types = {Type::Int4(), Type::Text()};
  for (const Type& type : random_.AnyTypes(4)) layout_.types.push_back(type);
  layout_.key = key;
  const std::vector<std::vector<int>> keys = {{0}, {1}, {0, 1}, {1, 0}};
  if (key == ViewKey::kColumns) layout_.key_columns = keys[random_.Below(4)];

  pool_.rows = kPoolRows;
  ColumnBuilder ids(Type::Int4()), texts(Type::Text());
  const uint32_t distinct = 1 + random_.Below(300);
  for (uint32_t i = 0; i < kPoolRows; ++i) {
    ids.Append(static_cast<int32_t>(random_.Below(distinct)) - 20);
    if (random_.Chance(5)) {
      texts.AppendNull();
    } else {
      texts.AppendBytes(std::string(random_.Below(30), static_cast<char>('a' + random_.Below(3))));
    }
  }
  pool_.columns = {ids.Finish(), texts.Finish()};
  for (size_t i = 2; i < layout_.types.size(); ++i) {
    pool_.columns.push_back(random_.AnyColumn(layout_.types[i], kPoolRows));
  }
  for (uint32_t i = 0; i < kPoolRows; ++i) {
    AppendViewKey(layout_, pool_, i, keys_.emplace_back());
    AppendImage(pool_, i, images_.emplace_back());
  }
}

int RandomView::ShardOf(const std::string& key, int shards) const {
  return VnodeOf(key) % shards;
}

std::string RandomView::AnyKey() {
  std::string key = keys_[random_.Below(kPoolRows)];
  if (random_.Chance(20)) key += 'x';
  return key;
}

void RandomView::ChangeKeyed(uint32_t row, std::vector<Drawn>& out) {
  const auto present = present_.find(keys_[row]);
  const bool was_there = present != present_.end();
  if (was_there) out.push_back({present->second, -1});
  if (was_there && random_.Chance(40)) {
    present_.erase(present);
    model_.erase(keys_[row]);
    return;
  }
  out.push_back({row, 1});
  present_[keys_[row]] = row;
  model_[keys_[row]] = {images_[row], 1};
}

void RandomView::ChangeBag(uint32_t row, std::vector<Drawn>& out) {
  Weight& weight = model_[keys_[row]].weight;
  if (model_[keys_[row]].image.empty()) weight = 0;
  model_[keys_[row]].image = images_[row];
  Weight change = random_.Between(-weight, 3);
  if (random_.Chance(30)) change = -weight;
  if (change != 0) out.push_back({row, change});
  weight += change;
  if (weight == 0) model_.erase(keys_[row]);
}

Batch RandomView::Shape(std::span<const Drawn> drawn) {
  std::vector<uint16_t> rows, selected;
  std::vector<Weight> weights;
  const bool sparse = random_.Chance(50);
  for (const Drawn& row : drawn) {
    while (sparse && random_.Chance(20)) {
      rows.push_back(static_cast<uint16_t>(random_.Below(kPoolRows)));
      weights.push_back(7);
    }
    selected.push_back(static_cast<uint16_t>(rows.size()));
    rows.push_back(static_cast<uint16_t>(row.row));
    weights.push_back(row.weight);
  }
  Batch batch = TakeRows(pool_, rows);
  batch.selection = MakeSelection(selected, batch.rows);
  if (std::ranges::any_of(weights, [](Weight weight) { return weight != 1; })) {
    auto buffer = Buffer::Allocate(weights.size() * sizeof(Weight));
    std::ranges::copy(weights, buffer->mutable_as<Weight>());
    batch.weights = std::move(buffer);
  }
  return batch;
}

std::vector<std::vector<Batch>> RandomView::NextDelta(uint32_t changes, int shards) {
  std::vector<std::vector<Drawn>> drawn(shards);
  std::map<std::string, bool> touched;
  for (uint32_t i = 0; i < changes; ++i) {
    const uint32_t row = random_.Below(kPoolRows);
    std::vector<Drawn>& out = drawn[ShardOf(keys_[row], shards)];
    if (random_.Chance(15)) {
      // Comes and goes inside the epoch, in either order.
      const Weight weight = random_.Chance(50) ? 1 : -2;
      out.push_back({row, weight});
      out.push_back({row, -weight});
    }
    if (!touched.emplace(keys_[row], true).second) continue;
    layout_.key == ViewKey::kBag ? ChangeBag(row, out) : ChangeKeyed(row, out);
  }
  std::vector<std::vector<Batch>> deltas(shards);
  for (int shard = 0; shard < shards; ++shard) {
    std::vector<Drawn>& all = drawn[shard];
    for (size_t i = all.size(); i > 1; --i) {
      std::swap(all[i - 1], all[random_.Below(static_cast<uint32_t>(i))]);
    }
    for (size_t at = 0; at < all.size();) {
      const size_t count = std::min<size_t>(all.size() - at, 1 + random_.Below(200));
      deltas[shard].push_back(Shape(std::span(all).subspan(at, count)));
      at += count;
    }
  }
  return deltas;
}

}  // namespace riverrun::storage
