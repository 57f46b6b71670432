#include "storage/segment.h"

#include <gtest/gtest.h>

#include "storage/crc32c.h"
#include "tests/simulation/memory_file_system.h"

namespace riverrun::storage {
namespace {

std::string FrameBytes(Lsn lsn, std::string_view payload, FrameType type = FrameType::kCut) {
  std::string out;
  AppendFrame({type, lsn, lsn / 2, payload}, Crc32c(payload), out);
  return out;
}

TEST(Frame, ComesBackAtItsPosition) {
  const std::string bytes = FrameBytes(1000, "payload", FrameType::kSeal) + "what follows";
  const FrameRead read = ReadFrame(bytes, 1000);
  ASSERT_EQ(read.state, FrameRead::State::kGood);
  EXPECT_EQ(read.frame.type, FrameType::kSeal);
  EXPECT_EQ(read.frame.lsn, 1000u);
  EXPECT_EQ(read.frame.synced, 500u);
  EXPECT_EQ(read.frame.payload, "payload");
  EXPECT_EQ(read.frame.size(), kFrameHeaderBytes + 7);
  EXPECT_EQ(ReadFrame(bytes, 1001).state, FrameRead::State::kBad);  // it stands elsewhere
}

TEST(Frame, BeginningOfAFrameSaysHowMuchIsMissing) {
  const std::string bytes = FrameBytes(9, "0123456789");
  for (size_t length = 0; length < bytes.size(); ++length) {
    const FrameRead read = ReadFrame(std::string_view(bytes).substr(0, length), 9);
    ASSERT_EQ(read.state, FrameRead::State::kShort);
    EXPECT_EQ(read.needed, length < kFrameHeaderBytes ? kFrameHeaderBytes : bytes.size());
  }
}

TEST(Frame, EveryFlippedBitIsSeen) {
  const std::string good = FrameBytes(9, "0123456789");
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(ReadFrame(bytes, 9).state, FrameRead::State::kGood) << "bit " << bit;
  }
}

TEST(Frame, LengthBeyondTheBoundIsNoFrame) {
  std::string bytes = FrameBytes(9, "");
  const uint32_t length = kFramePayloadMax + 1;
  std::memcpy(bytes.data(), &length, sizeof(length));
  EXPECT_EQ(ReadFrame(bytes, 9).state, FrameRead::State::kBad);
}

TEST(Frame, IsFoundBehindRubbish) {
  const std::string rubbish(37, 'x');
  const std::string bytes = rubbish + FrameBytes(537, "abc");
  EXPECT_EQ(FindFramePosition(bytes, 500), 537u);
  EXPECT_EQ(FindFramePosition(bytes, 501), std::nullopt);
  EXPECT_EQ(FindFramePosition(rubbish, 500), std::nullopt);
  EXPECT_EQ(FindFramePosition("", 500), std::nullopt);
}

TEST(SegmentHeader, ComesBackOrIsRefused) {
  SegmentHeader header{.incarnation = {}, .first = 77};
  header.incarnation.bytes.fill(9);
  const std::string good = SerializeSegmentHeader(header);
  ASSERT_EQ(good.size(), kSegmentHeaderBytes);
  const auto parsed = ParseSegmentHeader(good);
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ(**parsed, header);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto damaged = ParseSegmentHeader(bytes);
    EXPECT_TRUE(damaged && !*damaged) << "bit " << bit;
  }
  EXPECT_FALSE(*ParseSegmentHeader(good.substr(1)));
  EXPECT_FALSE(*ParseSegmentHeader(""));
}

TEST(SegmentHeader, NewerFormatIsRefusedByName) {
  std::string bytes = SerializeSegmentHeader({});
  bytes[8] = 2;
  bytes.resize(kSegmentHeaderBytes - 4);
  const uint32_t crc = Crc32c(bytes);
  bytes.append(reinterpret_cast<const char*>(&crc), sizeof(crc));
  const auto parsed = ParseSegmentHeader(bytes);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().sqlstate, sqlstate::kFeatureNotSupported);
}

TEST(SegmentName, SortsAsPositionsDo) {
  EXPECT_EQ(SegmentName(0), "0000000000000000.segment");
  EXPECT_EQ(SegmentName(0x4000000), "0000000004000000.segment");
  for (const Lsn lsn : {Lsn{0}, Lsn{255}, Lsn{1} << 35, UINT64_MAX}) {
    EXPECT_EQ(ParseSegmentName(SegmentName(lsn)), lsn);
  }
  for (const char* name : {"", "ACKED", "0.segment", "000000000000000G.segment",
                           "000000000000000A.segment", "0000000000000000.segment~"}) {
    EXPECT_EQ(ParseSegmentName(name), std::nullopt) << name;
  }
}

TEST(SegmentReader, ReadsFramesLongerThanItsBufferAndStopsAtTheLimit) {
  simulation::MemoryFileSystem files(1);
  const std::string large(700'000, 'l');
  const std::string first = FrameBytes(50, large);
  const Lsn second = 50 + first.size();
  files.SetContent("s", std::string(kSegmentHeaderBytes, 'h') + first + FrameBytes(second, "b"));
  auto reader = SegmentReader::Open(files, "s", 50);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->At(50)->frame.payload, large);
  EXPECT_EQ(reader->At(second)->frame.payload, "b");
  EXPECT_EQ(reader->At(50)->frame.payload, large);  // back again
  EXPECT_EQ(reader->At(second, second + 3)->state, FrameRead::State::kShort);
  EXPECT_EQ(reader->At(second, second + 26)->state, FrameRead::State::kGood);
  EXPECT_EQ(reader->At(second + 26)->state, FrameRead::State::kShort);
}

}  // namespace
}  // namespace riverrun::storage
