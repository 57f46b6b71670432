#include "tests/simulation/bag.h"

#include "types/codec/key.h"

namespace riverrun::simulation {

void AddRows(const Batch& batch, Bag& bag) {
  std::string image;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    image.clear();
    AppendImage(batch, row, image);
    Weight& weight = bag[image];
    weight += batch.WeightOf(row);
    if (weight == 0) bag.erase(image);
  });
}

}  // namespace riverrun::simulation
