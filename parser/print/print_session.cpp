// Transactions, settings, SHOW, roles and privileges.
#include <algorithm>
#include <array>

#include "parser/print/printer.h"

namespace riverrun::parser {

void Printer::Modes(const ast::TransactionModes& modes) {
  constexpr std::array<std::string_view, 4> kLevels = {"READ UNCOMMITTED", "READ COMMITTED",
                                                       "REPEATABLE READ", "SERIALIZABLE"};
  if (modes.isolation) {
    Text(" ISOLATION LEVEL ");
    Text(kLevels[static_cast<size_t>(*modes.isolation)]);
  }
  if (modes.read_only) Text(*modes.read_only ? " READ ONLY" : " READ WRITE");
  if (modes.deferrable) Text(*modes.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE");
}

void Printer::Node(const ast::Begin& begin) {
  Text(begin.start ? "START TRANSACTION" : "BEGIN");
  Modes(begin.modes);
}
void Printer::Node(const ast::Commit& commit) {
  Text(commit.chain ? "COMMIT AND CHAIN" : "COMMIT");
}
void Printer::Node(const ast::Rollback& rollback) {
  Text(rollback.chain ? "ROLLBACK AND CHAIN" : "ROLLBACK");
}
void Printer::Node(const ast::RollbackTo& rollback) {
  Text("ROLLBACK TO SAVEPOINT ");
  Name(rollback.savepoint);
}
void Printer::Node(const ast::Savepoint& savepoint) {
  Text("SAVEPOINT ");
  Name(savepoint.name);
}
void Printer::Node(const ast::ReleaseSavepoint& release) {
  Text("RELEASE SAVEPOINT ");
  Name(release.name);
}

void Printer::Node(const ast::Set& set) {
  Text(set.scope == ast::Set::Scope::kLocal ? "SET LOCAL " : "SET ");
  DottedWord(set.name);
  Text(" TO ");
  if (set.values.empty()) Text("DEFAULT");
  List(set.values, [this](const ast::OptionValue& value) { Value(value); });
}

void Printer::Node(const ast::SetTransaction& set) {
  Text(set.session ? "SET SESSION CHARACTERISTICS AS TRANSACTION" : "SET TRANSACTION");
  Modes(set.modes);
}

void Printer::Node(const ast::Reset& reset) {
  Text("RESET ");
  if (reset.name.empty()) {
    Text("ALL");
  } else {
    DottedWord(reset.name);
  }
}

void Printer::Node(const ast::ShowSetting& show) {
  Text("SHOW ");
  if (show.name.empty()) {
    Text("ALL");
  } else {
    DottedWord(show.name);
  }
}

void Printer::Node(const ast::ShowObjects& show) {
  Text("SHOW ");
  std::string words = show.subject;
  std::ranges::transform(words, words.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  Text(words);
  if (show.from) {
    Text(" FROM ");
    Name(*show.from);
  }
  if (show.like) {
    Text(" LIKE ");
    String(*show.like);
  }
}

void Printer::Node(const ast::ShowCreate& show) {
  Text("SHOW CREATE ");
  Kind(show.kind);
  Text(" ");
  Name(show.name);
}

void Printer::Node(const ast::Describe& describe) {
  Text("DESCRIBE ");
  Name(describe.name);
}

void Printer::Node(const ast::Discard& discard) {
  constexpr std::array<std::string_view, 4> kWords = {"ALL", "PLANS", "SEQUENCES", "TEMPORARY"};
  Text("DISCARD ");
  Text(kWords[static_cast<size_t>(discard.what)]);
}

void Printer::Node(const ast::Listen& listen) {
  Text("LISTEN ");
  Name(listen.channel);
}

void Printer::Node(const ast::Notify& notify) {
  Text("NOTIFY ");
  Name(notify.channel);
  if (!notify.payload) return;
  Text(", ");
  String(*notify.payload);
}

void Printer::Node(const ast::Unlisten& unlisten) {
  Text("UNLISTEN ");
  if (unlisten.channel) {
    Name(*unlisten.channel);
  } else {
    Text("*");
  }
}

void Printer::Grantees(const std::vector<ast::Identifier>& grantees) {
  List(grantees, [this](const ast::Identifier& grantee) {
    const bool word =
        !grantee.quoted && (grantee.text == "current_user" || grantee.text == "current_role" ||
                            grantee.text == "session_user");
    if (word) {
      Text(grantee.text);
    } else {
      Name(grantee);
    }
  });
}

void Printer::Privileges(const ast::Grant& grant) {
  if (grant.privileges.empty()) Text("ALL");
  List(grant.privileges, [this](const ast::Privilege& privilege) {
    Text(privilege.name);
    NamesInParentheses(privilege.columns);
  });
  Text(" ON ");
  if (!grant.all_in_schema.empty()) {
    Text("ALL ");
    Text(grant.all_in_schema);
    Text(" IN SCHEMA ");
  }
  if (grant.kind) {
    Kind(*grant.kind);
    Text(" ");
  }
  List(grant.objects, [this](const ast::QualifiedName& name) { Name(name); });
}

void Printer::Node(const ast::Grant& grant) {
  Text(grant.revoke ? "REVOKE " : "GRANT ");
  if (grant.option_only) Text("GRANT OPTION FOR ");
  Privileges(grant);
  Text(grant.revoke ? " FROM " : " TO ");
  Grantees(grant.grantees);
  if (grant.with_grant_option) Text(" WITH GRANT OPTION");
  Behavior(grant.behavior);
}

void Printer::Node(const ast::GrantRole& grant) {
  Text(grant.revoke ? "REVOKE " : "GRANT ");
  if (grant.option_only) Text("ADMIN OPTION FOR ");
  Names(grant.roles);
  Text(grant.revoke ? " FROM " : " TO ");
  Grantees(grant.grantees);
  if (grant.with_admin_option) Text(" WITH ADMIN OPTION");
  Behavior(grant.behavior);
}

void Printer::Node(const ast::RoleDefinition& role) {
  using Kind = ast::OptionValue::Kind;
  Text(role.alter ? "ALTER " : "CREATE ");
  Text(role.user ? "USER " : "ROLE ");
  Name(role.name);
  for (const ast::Option& option : role.options) {
    Text(" ");
    Text(option.key);
    if (!option.value) continue;
    Text(" ");
    if (option.key == "password" && option.value->kind == Kind::kString) {
      Secret(option.value->text);
    } else if (option.value->kind == Kind::kList) {
      List(option.value->items,
           [this](const ast::OptionValue& item) { Name(ast::Identifier{item.text, false, {}}); });
    } else {
      Value(*option.value);
    }
  }
}

void Printer::Node(const ast::RoleSetting& setting) {
  Text("ALTER ROLE ");
  if (setting.name) {
    Name(*setting.name);
  } else {
    Text("ALL");
  }
  Text(" ");
  Put(*setting.change);
}

}  // namespace riverrun::parser
