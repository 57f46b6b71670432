// ALTER.
#include <array>

#include "parser/print/printer.h"

namespace riverrun::parser {

void Printer::Node(const ast::Alter& alter) {
  Text("ALTER ");
  Kind(alter.kind);
  Text(alter.if_exists ? " IF EXISTS " : " ");
  Name(alter.name);
  Text(" ");
  List(alter.actions, [this](const ast::AlterAction& action) {
    std::visit([this](const auto& node) { Node(node); }, action);
  });
}

void Printer::Node(const ast::AdvanceWatermark& action) {
  Text("ADVANCE WATERMARK TO ");
  Put(action.to);
}

void Printer::Node(const ast::ResetTo& action) {
  Text("RESET TO ");
  Put(action.position);
  if (action.rebuild) Text(" REBUILD");
}

void Printer::Node(const ast::SimpleAction& action) {
  constexpr std::array<std::string_view, 6> kWords = {"CLOSE",   "PAUSE",  "RESUME",
                                                      "REBUILD", "ENABLE", "DISABLE"};
  Text(kWords[static_cast<size_t>(action.kind)]);
}

void Printer::Node(const ast::ReplaceQuery& action) {
  Text("AS ");
  Put(action.query);
}

void Printer::Node(const ast::ReplaceSecret& action) {
  Text("AS ");
  Secret(action.value);
}

void Printer::Node(const ast::SetOptions& action) {
  Text("SET (");
  OptionList(action.options, " = ");
  Text(")");
}

void Printer::Node(const ast::ResetOptions& action) {
  Text("RESET (");
  List(action.keys, [this](const std::string& key) { OptionKey(key); });
  Text(")");
}

void Printer::Node(const ast::SetSchema& action) {
  Text("SET SCHEMA ");
  Name(action.schema);
}

void Printer::Node(const ast::SetVersion& action) {
  Text("SET VERSION ");
  String(action.version);
}

void Printer::Node(const ast::OwnerTo& action) {
  Text("OWNER TO ");
  Grantees({action.owner});
}

void Printer::Node(const ast::RenameTo& action) {
  Text("RENAME TO ");
  Name(action.name);
}

void Printer::Node(const ast::RenameMember& action) {
  Text(action.constraint ? "RENAME CONSTRAINT " : "RENAME COLUMN ");
  Name(action.from);
  Text(" TO ");
  Name(action.to);
}

void Printer::Node(const ast::AddColumn& action) {
  Text(action.if_not_exists ? "ADD COLUMN IF NOT EXISTS " : "ADD COLUMN ");
  Node(action.column);
}

void Printer::Node(const ast::AddConstraint& action) {
  Text("ADD ");
  Node(action.constraint);
}

void Printer::Node(const ast::ChangeWatermark& action) {
  Text(action.add ? "ADD " : "ALTER ");
  Node(action.watermark);
}

void Printer::Node(const ast::DropMember& action) {
  Text(action.constraint ? "DROP CONSTRAINT " : "DROP COLUMN ");
  if (action.if_exists) Text("IF EXISTS ");
  Name(action.name);
  Behavior(action.behavior);
}

void Printer::Node(const ast::AlterColumn& action) {
  using Kind = ast::AlterColumn::Kind;
  Text("ALTER COLUMN ");
  Name(action.column);
  switch (action.kind) {
    case Kind::kSetDefault:
      Clause(" SET DEFAULT ", action.expression);
      break;
    case Kind::kDropDefault:
      Text(" DROP DEFAULT");
      break;
    case Kind::kSetNotNull:
      Text(" SET NOT NULL");
      break;
    case Kind::kDropNotNull:
      Text(" DROP NOT NULL");
      break;
    case Kind::kSetType:
      Text(" TYPE ");
      Put(*action.type);
      Clause(" USING ", action.expression);
      break;
  }
}

}  // namespace riverrun::parser
