// What the tests of views share: rows to draw from, a model of a view, and ways to read all of one.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/run/view_layout.h"
#include "storage/view/read_view.h"
#include "tests/random_data.h"

namespace riverrun::storage {

/// (int, text) rows as a batch; a weight other than 1 is given.
struct TestRow {
  std::optional<int64_t> id;
  std::string text;
  Weight weight = 1;
};
Batch MakeRows(std::span<const TestRow> rows);
inline Batch MakeRows(std::initializer_list<TestRow> rows) {
  return MakeRows(std::span(rows.begin(), rows.size()));
}
/// bigint and text; the key is the first column, or none.
ViewLayout TestLayout(ViewKey key);

/// Keys and what they have, as a scan should give them: "image" or, of a bag, its multiplicity too.
struct ModelRow {
  std::string image;
  Weight weight = 1;
  bool operator==(const ModelRow&) const = default;
};
using Model = std::map<std::string, ModelRow>;

/// Reads a cursor to its end: the rows' images with their weights, in the order they come.
std::vector<ModelRow> ReadAll(ViewCursor& cursor);
std::vector<ModelRow> ReadAll(const VersionRef& version, bool ordered = true,
                              std::optional<KeyRange> range = std::nullopt,
                              std::span<const RunRef> newer = {});
/// The model's rows in the order of keys.
std::vector<ModelRow> RowsOf(const Model& model, const std::optional<KeyRange>& range = {});

/// "id:text" of the (int, text) rows of a version in order, "id:text*weight" if it is not 1.
std::vector<std::string> TextsOf(ViewCursor& cursor);
std::vector<std::string> TextsOf(const VersionRef& version);

/// A pool of random rows of a random layout, with changes to draw from it that keep a model valid.
class RandomView {
 public:
  RandomView(uint64_t seed, ViewKey key);

  const ViewLayout& layout() const { return layout_; }
  const Model& model() const { return model_; }
  testing::RandomData& random() { return random_; }

  /// Changes the model and returns the delta for each of `shards` shards, in batches of random
  /// shape: with rows that cancel out, selections and weights.
  std::vector<std::vector<Batch>> NextDelta(uint32_t changes, int shards);
  /// A key of the pool or, sometimes, of no row at all.
  std::string AnyKey();
  int ShardOf(const std::string& key, int shards) const;

 private:
  struct Drawn {
    uint32_t row = 0;
    Weight weight = 1;
  };
  void ChangeKeyed(uint32_t row, std::vector<Drawn>& out);
  void ChangeBag(uint32_t row, std::vector<Drawn>& out);
  Batch Shape(std::span<const Drawn> drawn);

  testing::RandomData random_;
  ViewLayout layout_;
  Batch pool_;
  std::vector<std::string> keys_, images_;    // of the pool's rows
  std::map<std::string, uint32_t> present_;  // pool row of each key in the model
  Model model_;
};

}  // namespace riverrun::storage
