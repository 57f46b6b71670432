// The visitor behind print.h: appends SQL to one string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/print.h"

namespace riverrun::parser {

/// How tightly an expression binds, loosest first: PostgreSQL's table of operators. An operand that
/// binds less tightly than its place asks for stands in parentheses.
enum class Tightness {
  kOr,
  kAnd,
  kNot,
  kIs,
  kComparison,
  kMembership,
  kOperator,
  kSum,
  kProduct,
  kPower,
  kCollate,
  kSign,
  kPostfix,
  kAtom,
};

/// Prints one tree. Not shared between threads, used once.
class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}
  std::string Take() { return std::move(out_); }

  void Put(const ast::Statement& statement);
  void Put(const ast::Query& query);
  void Put(const ast::Expression& expression);
  void Put(const ast::TypeName& type);

 private:
  // ---- pieces ----
  void Text(std::string_view text) { out_ += text; }
  void Name(const ast::Identifier& name);
  void Name(const ast::QualifiedName& name);
  void String(std::string_view value);
  void Word(std::string_view word);
  void DottedWord(std::string_view name);
  template <class Items, class PutItem>
  void List(const Items& items, PutItem put) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) Text(", ");
      first = false;
      put(item);
    }
  }
  void Names(const std::vector<ast::Identifier>& names);
  void NamesInParentheses(const std::vector<ast::Identifier>& names);
  void Expressions(const std::vector<ast::Expression>& expressions);
  void Clause(std::string_view word, const ast::Box<ast::Expression>& expression);
  void OptionKey(std::string_view key);
  void Value(const ast::OptionValue& value);
  void OptionList(const std::vector<ast::Option>& options, std::string_view separator);
  void With(const std::vector<ast::Option>& options);
  void Columns(const std::vector<ast::ColumnType>& columns);

  // ---- expressions (print_expression.cpp, print_call.cpp) ----
  static Tightness TightnessOf(const ast::Expression& expression);
  void Operand(const ast::Expression& expression, Tightness at_least);
  void Node(const ast::Expression& expression);
  void Postfixed(const ast::Expression& base);
  void Operator(const ast::OperatorName& op);
  void Node(const ast::NullLiteral&);
  void Node(const ast::BooleanLiteral& literal);
  void Node(const ast::NumberLiteral& literal);
  void Node(const ast::StringLiteral& literal);
  void Node(const ast::BitStringLiteral& literal);
  void Node(const ast::Parameter& parameter);
  void Node(const ast::DefaultValue&);
  void Node(const ast::ColumnReference& column);
  void Node(const ast::Star& star);
  void Node(const ast::FieldSelection& selection);
  void Node(const ast::Subscript& subscript);
  void Node(const ast::UnaryOperation& operation);
  void Node(const ast::BinaryOperation& operation);
  void Node(const ast::Logical& logical);
  void Node(const ast::Not& negation);
  void Node(const ast::IsTest& test);
  void Node(const ast::IsDistinct& distinct);
  void Node(const ast::Between& between);
  void Node(const ast::Like& like);
  void Node(const ast::InList& in);
  void Node(const ast::InQuery& in);
  void Node(const ast::Quantified& quantified);
  void Node(const ast::Exists& exists);
  void Node(const ast::ScalarSubquery& subquery);
  void Node(const ast::ArraySubquery& subquery);
  void Node(const ast::ArrayLiteral& array);
  void Node(const ast::Row& row);
  void Node(const ast::Case& choice);
  void Node(const ast::Cast& cast);
  void Node(const ast::Collate& collate);
  void Node(const ast::CurrentValue& value);
  void Node(const ast::FunctionCall& call);
  void Node(const ast::TableArgument& table);
  void Node(const ast::DescriptorArgument& descriptor);
  void Node(const ast::ModelArgument& model);
  void InParentheses(const ast::Query& query);
  void IntervalLiteral(const std::string& text, const ast::TypeName& type);
  void IntervalFields(const ast::TypeName& type);
  void Modifiers(const ast::TypeName& type);
  /// `word_calls`: the place takes EXTRACT(...) and its like, which FROM does not.
  void Put(const ast::FunctionCall& call, bool word_calls);
  void FunctionName(const ast::FunctionCall& call, bool word_calls);
  void Put(const ast::Argument& argument);
  void Put(const ast::WindowSpecification& window);
  void Put(const ast::Frame& frame);
  void Put(const ast::FrameBound& bound);
  void Put(const ast::SortKey& key);
  void OrderBy(const std::vector<ast::SortKey>& keys);

  // ---- queries (print_query.cpp, print_from.cpp) ----
  void With(const ast::With& with);
  void Node(const ast::Select& select);
  void Node(const ast::Values& values);
  void Node(const ast::TableQuery& table);
  void Node(const ast::SetOperation& operation);
  void SetOperand(const ast::Query& operand, const ast::SetOperation& operation, bool right);
  void Put(const ast::RowLocking& locking);
  void Put(const ast::Emit& emit);
  void Items(const std::vector<ast::SelectItem>& items);
  void Put(const ast::GroupingElement& element);
  void Put(const ast::StreamWindow& window);
  void From(const std::vector<ast::TableRef>& items);
  void Put(const ast::TableRef& item);
  void Put(const ast::TableAlias& alias);
  void Node(const ast::NamedTable& table);
  void Node(const ast::DerivedTable& table);
  void Node(const ast::TableFunction& function);
  void Node(const ast::Join& join);
  void Node(const ast::Box<ast::MatchRecognize>& match);
  void RowsPerMatch(const ast::MatchRecognize& match);
  void Put(const ast::AfterMatch& after);
  void Put(const ast::Pattern& pattern);
  void PatternOperand(const ast::Pattern& pattern);
  void Node(const ast::PatternVariable& variable);
  void Node(const ast::PatternAnchor& anchor);
  void Node(const ast::PatternSequence& sequence);
  void Node(const ast::PatternAlternation& alternation);
  void Node(const ast::PatternPermutation& permutation);
  void Node(const ast::PatternExclusion& exclusion);
  void Node(const ast::PatternRepetition& repetition);

  // ---- statements (print_data.cpp, print_session.cpp, print_definition.cpp, print_alter.cpp) ----
  void Node(const ast::Query& query) { Put(query); }
  void Node(const ast::Insert& insert);
  void Node(const ast::Update& update);
  void Node(const ast::Delete& removal);
  void Node(const ast::Truncate& truncate);
  void Node(const ast::Copy& copy);
  void Node(const ast::Subscribe& subscribe);
  void Node(const ast::WaitFor& wait);
  void Node(const ast::Explain& explain);
  void Node(const ast::Prepare& prepare);
  void Node(const ast::Execute& execute);
  void Node(const ast::Deallocate& deallocate);
  void Node(const ast::DeclareCursor& cursor);
  void Node(const ast::Fetch& fetch);
  void Node(const ast::CloseCursor& close);
  void Node(const ast::Begin& begin);
  void Node(const ast::Commit& commit);
  void Node(const ast::Rollback& rollback);
  void Node(const ast::RollbackTo& rollback);
  void Node(const ast::Savepoint& savepoint);
  void Node(const ast::ReleaseSavepoint& release);
  void Node(const ast::Set& set);
  void Node(const ast::SetTransaction& set);
  void Node(const ast::Reset& reset);
  void Node(const ast::ShowSetting& show);
  void Node(const ast::ShowObjects& show);
  void Node(const ast::ShowCreate& show);
  void Node(const ast::Describe& describe);
  void Node(const ast::Discard& discard);
  void Node(const ast::Listen& listen);
  void Node(const ast::Notify& notify);
  void Node(const ast::Unlisten& unlisten);
  void Node(const ast::Grant& grant);
  void Node(const ast::GrantRole& grant);
  void Node(const ast::RoleDefinition& role);
  void Node(const ast::RoleSetting& setting);
  void Node(const ast::CreateRelation& create);
  void Node(const ast::CreateView& view);
  void Node(const ast::CreateIndex& index);
  void Node(const ast::CreateSink& sink);
  void Node(const ast::CreateSchema& schema);
  void Node(const ast::CreateSecret& secret);
  void Node(const ast::CreateAlert& alert);
  void Node(const ast::CreateModel& model);
  void Node(const ast::CreateFunction& function);
  void Node(const ast::Alter& alter);
  void Node(const ast::Drop& drop);
  void Node(const ast::Comment& comment);
  void Node(const ast::RefreshView& refresh);
  void Assignments(const std::vector<ast::Assignment>& assignments);
  void Put(const ast::OnConflict& conflict);
  void WhereOrCursor(const ast::Box<ast::Expression>& where,
                     const std::optional<ast::Identifier>& cursor);
  void Returning(const std::vector<ast::SelectItem>& items);
  void Modes(const ast::TransactionModes& modes);
  void Privileges(const ast::Grant& grant);
  void Grantees(const std::vector<ast::Identifier>& grantees);
  void Behavior(ast::Behavior behavior);
  void Kind(ast::ObjectKind kind);
  void RelationHead(const ast::CreateRelation& create);
  void Node(const ast::ColumnDefinition& column);
  void Node(const ast::TableConstraint& constraint);
  void Node(const ast::Watermark& watermark);
  void Node(const ast::LikeElement& like);
  void Format(const std::optional<ast::FormatClause>& format);
  void Put(const ast::ObjectName& name);
  void Secret(std::string_view value);
  void Node(const ast::AdvanceWatermark& action);
  void Node(const ast::ResetTo& action);
  void Node(const ast::SimpleAction& action);
  void Node(const ast::ReplaceQuery& action);
  void Node(const ast::ReplaceSecret& action);
  void Node(const ast::SetOptions& action);
  void Node(const ast::ResetOptions& action);
  void Node(const ast::SetSchema& action);
  void Node(const ast::SetVersion& action);
  void Node(const ast::OwnerTo& action);
  void Node(const ast::RenameTo& action);
  void Node(const ast::RenameMember& action);
  void Node(const ast::AddColumn& action);
  void Node(const ast::AddConstraint& action);
  void Node(const ast::ChangeWatermark& action);
  void Node(const ast::DropMember& action);
  void Node(const ast::AlterColumn& action);

  const PrintOptions& options_;
  std::string out_;
};

}  // namespace riverrun::parser
