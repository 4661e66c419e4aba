import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { COMMAND_POLICY, type CommandName } from '#server/domain/actor.ts'

/**
 * What a piece of our code can reach, read from the source: from a name to what it stands for, through imports, as far as the commands of the
 * one door and the statements of the database that write. It errs on the side of too much: a name that is only mentioned counts as used.
 */
export const ROOT = join(import.meta.dirname, '..')

/** What an action dispatches on: `intent === 'certify'`, `case 'decide'`. `only` null: not narrowed by a condition. */
export type When = { readonly only: readonly string[] | null; readonly not: readonly string[] }
export type Reached = { readonly name: string; readonly when: When }
export type Reach = {
  readonly commands: readonly Reached[]
  /** Of db/, reached without passing a service that names its command. */
  readonly writers: readonly string[]
  /** Everything a form may choose between. */
  readonly choices: readonly string[]
}

const ALWAYS: When = { only: null, not: [] }
const CHOICE = /^(intent|act|do)$/
const ALIAS = /^#(app|server|db|jobs)\//
const WRITES = /(?<!hash)\.(insert|update|delete)\(|\b(insert into|update \w+ set|delete from|add_job)\b/i
const SERVICES = 'server/services/services.ts'

type Unit = { readonly file: string; readonly node: ts.Node }
type Source = {
  readonly tree: ts.SourceFile
  readonly names: ReadonlyMap<string, ts.Node>
  readonly imports: ReadonlyMap<string, { file: string; name: string }>
  readonly namesCommand: boolean
}

const sources = new Map<string, Source>()

export function sourceOf(file: string): Source {
  const known = sources.get(file)
  if (known) return known
  const tree = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ESNext, true)
  const names = new Map<string, ts.Node>()
  const imports = new Map<string, { file: string; name: string }>()
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) readImport(file, statement, imports)
    else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name) names.set(statement.name.text, statement)
    } else if (ts.isVariableStatement(statement))
      for (const { name, initializer } of statement.declarationList.declarations)
        if (ts.isIdentifier(name) && initializer) names.set(name.text, initializer)
  }
  const source = { tree, names, imports, namesCommand: namesCommand(tree) }
  sources.set(file, source)
  return source
}

function readImport(
  from: string,
  statement: ts.ImportDeclaration | ts.ExportDeclaration,
  into: Map<string, { file: string; name: string }>,
): void {
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.exportClause)
    throw new Error(`${from} exports another file as a whole: name what it gives`)
  const clause = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause
  const isOnlyType = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly
  if (!clause || isOnlyType || !statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return
  const { text } = statement.moduleSpecifier
  const file = ALIAS.test(text) ? text.slice(1) : text.startsWith('.') ? relative(ROOT, join(ROOT, dirname(from), text)) : null
  if (file === null || !/\.tsx?$/.test(file) || !existsSync(join(ROOT, file))) return
  if (!ts.isNamedImports(clause) && !ts.isNamedExports(clause))
    throw new Error(`${from} imports ${text} as a whole: name what it needs`)
  for (const { name, propertyName, isTypeOnly } of clause.elements)
    if (!isTypeOnly) into.set(name.text, { file, name: (propertyName ?? name).text })
}

/** What a name of a file stands for; null: nothing of ours. */
export function meaningOf(file: string, name: string): Unit | null {
  const { names, imports } = sourceOf(file)
  const node = names.get(name)
  if (node) return { file, node }
  const imported = imports.get(name)
  return imported ? meaningOf(imported.file, imported.name) : null
}

/** What a piece of code says itself, read once. */
type Facts = {
  readonly edges: readonly { readonly name: string; readonly to: Unit; readonly when: When }[]
  readonly commands: readonly Reached[]
  readonly choices: readonly string[]
  readonly writer: string | null
}
const facts = new Map<string, Facts>()
const keyOf = ({ file, node }: Unit): string => `${file}:${node.pos}:${node.end}`

/** `stops`: names that are not followed, because they are looked at for themselves. */
export function reachOf(start: Unit, stops: readonly string[] = []): Reach {
  const commands = new Map<string, Reached>()
  const writers = new Set<string>()
  const choices = new Set<string>()
  const seen = new Set<string>()
  visit(start, ALWAYS, false)
  return { commands: [...commands.values()], writers: [...writers].sort(), choices: [...choices] }

  function visit(unit: Unit, given: When, isBehindDoor: boolean): void {
    const key = `${keyOf(unit)} ${JSON.stringify(given)} ${isBehindDoor}`
    if (seen.has(key)) return
    seen.add(key)
    const said = factsOf(unit)
    if (said.writer !== null && !isBehindDoor) writers.add(said.writer)
    for (const choice of said.choices) choices.add(choice)
    for (const { name, when } of said.commands) {
      const both = together(given, when)
      commands.set(`${name} ${JSON.stringify(both)}`, { name, when: both })
    }
    for (const { name, to, when } of said.edges) {
      if (!stops.includes(name)) visit(to, together(given, when), isBehindDoor || isOfDoor(unit.file))
    }
  }
}

/** A service that names its command: what it writes, it writes behind the door (perform.test.ts sees to that). */
const isOfDoor = (file: string): boolean => mayName(file) && sourceOf(file).namesCommand
const mayName = (file: string): boolean => file.startsWith('server/services/') && !file.includes('/reads/')
const namesCommand = (node: ts.Node): boolean =>
  isCommand(node) || (ts.forEachChild(node, (child) => namesCommand(child) || undefined) ?? false)

function factsOf(unit: Unit): Facts {
  const key = keyOf(unit)
  const known = facts.get(key)
  if (known) return known
  const { file, node } = unit
  const isDatabase = file.startsWith('db/')
  const [edges, commands, choices]: [Facts['edges'][number][], Reached[], string[]] = [[], [], []]
  const each = (child: ts.Node): void => {
    if (ts.isTypeNode(child) || ts.isTypeAliasDeclaration(child)) return
    if (child.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(child.parent))
      throw new Error(`${file} imports on the way`)
    if (mayName(file) && isCommand(child)) commands.push({ name: child.text, when: whenAt(child, node) })
    if (file.startsWith('app/')) choices.push(...choicesIn(file, child))
    if (ts.isIdentifier(child)) {
      const to = standsFor(file, child)
      if (to) edges.push({ name: child.text, to, when: whenAt(child, node) })
    }
    ts.forEachChild(child, each)
  }
  if (!isDatabase) each(node)
  const writer = isDatabase && WRITES.test(node.getText()) ? `${file} ${nameOf(node)}` : null
  const said = { edges, commands, choices, writer }
  facts.set(key, said)
  return said
}

function standsFor(file: string, name: ts.Identifier): Unit | null {
  if (isOfServices(name)) return meaningOf(SERVICES, name.text)
  const { parent } = name
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) return null
  if (ts.isPropertyAssignment(parent) && parent.name === name) return null
  return meaningOf(file, name.text)
}

function choicesIn(file: string, node: ts.Node): string[] {
  if (!ts.isPropertyAssignment(node) || !CHOICE.test(node.name.getText()) || !ts.isCallExpression(node.initializer)) return []
  const { expression, arguments: given } = node.initializer
  return /^z\.(literal|enum)$/.test(expression.getText()) ? given.flatMap((one) => textsOf(file, one)) : []
}

/** `services.startRun`, or `{ services: { startRun } }`. A service that is not named where it is used cannot be followed. */
function isOfServices(name: ts.Identifier): boolean {
  const { parent } = name
  if (name.text === 'services' && ts.isElementAccessExpression(parent)) throw new Error('a service is named where it is used')
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) return /\bservices$/.test(parent.expression.getText())
  if (!ts.isBindingElement(parent)) return false
  const holder = parent.parent.parent
  if (ts.isBindingElement(holder)) return holder.propertyName?.getText() === 'services'
  return ts.isVariableDeclaration(holder) && /\bservices$/.test(holder.initializer?.getText() ?? '')
}

const isCommand = (node: ts.Node): node is ts.StringLiteral => ts.isStringLiteral(node) && isCommandName(node.text)

function nameOf(node: ts.Node): string {
  if (ts.isFunctionDeclaration(node) && node.name) return node.name.text
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'something'
}

/** ['a', ...MORE] with MORE a list of the same kind. */
function textsOf(file: string, node: ts.Node): string[] {
  if (ts.isStringLiteral(node)) return [node.text]
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((element) => textsOf(file, element))
  if (ts.isSpreadElement(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return textsOf(file, node.expression)
  const unit = ts.isIdentifier(node) ? meaningOf(file, node.text) : null
  return unit ? textsOf(unit.file, unit.node) : []
}

/** What the conditions around a place, up to `top`, say of the choice. */
function whenAt(place: ts.Node, top: ts.Node): When {
  let when = ALWAYS
  for (let node = place; node !== top && node.parent; node = node.parent) {
    const { parent } = node
    const fork = forkOf(parent)
    const asked = fork && choicesAsked(fork.asks)
    if (asked && node === fork.yes) when = together(when, { only: asked, not: [] })
    if (asked && node === fork.no) when = together(when, { only: null, not: asked })
    if (ts.isCaseClause(parent) && node !== parent.expression && CHOICE.test(lastName(parent.parent.parent.expression)))
      when = together(when, { only: casesOf(parent), not: [] })
    if (ts.isBlock(parent)) when = together(when, { only: null, not: leftBefore(parent, node) })
  }
  return when
}

const together = (a: When, b: When): When => ({
  only: a.only && b.only ? a.only.filter((one) => b.only?.includes(one)) : (a.only ?? b.only),
  not: b.not.length === 0 ? a.not : [...new Set([...a.not, ...b.not])].sort(),
})

function forkOf(node: ts.Node): { asks: ts.Expression; yes: ts.Node; no: ts.Node | undefined } | null {
  if (ts.isIfStatement(node)) return { asks: node.expression, yes: node.thenStatement, no: node.elseStatement }
  if (ts.isConditionalExpression(node)) return { asks: node.condition, yes: node.whenTrue, no: node.whenFalse }
  return null
}

const lastName = (node: ts.Node): string => (ts.isPropertyAccessExpression(node) ? node.name.text : node.getText())

function choicesAsked(condition: ts.Expression): string[] | null {
  if (!ts.isBinaryExpression(condition)) return null
  const { left, right, operatorToken } = condition
  if (operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    const [a, b] = [choicesAsked(left), choicesAsked(right)]
    return a && b ? [...a, ...b] : null
  }
  const isEqual = operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken
  return isEqual && ts.isStringLiteral(right) && CHOICE.test(lastName(left)) ? [right.text] : null
}

/** A case, and those before it that fall through to it. */
function casesOf(clause: ts.CaseClause): string[] {
  const { clauses } = clause.parent
  const texts: string[] = []
  for (let at = clauses.indexOf(clause); at >= 0; at--) {
    const one = clauses[at]!
    if (!ts.isCaseClause(one) || (one !== clause && one.statements.length > 0)) break
    if (ts.isStringLiteral(one.expression)) texts.push(one.expression.text)
  }
  return texts
}

/** Choices that have left a block before this statement: `if (intent === 'list') return …`. */
function leftBefore(block: ts.Block, statement: ts.Node): string[] {
  const before = block.statements.slice(
    0,
    block.statements.findIndex((one) => Object.is(one, statement)),
  )
  return before.flatMap((one) => {
    const asked = ts.isIfStatement(one) && leaves(one.thenStatement) ? choicesAsked(one.expression) : null
    return asked ?? []
  })
}

function leaves(statement: ts.Statement): boolean {
  if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) return true
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : undefined
  return last !== undefined && leaves(last)
}

/** The choices that lead there: all of a form's that are not excluded, sorted; none where nothing is chosen. */
export function choicesFor({ only: chosen, not }: When, all: readonly string[]): string[] {
  return [...new Set(chosen ?? (not.length > 0 ? all : []))].filter((one) => !not.includes(one)).sort()
}

export const isCommandName = (name: string): name is CommandName => Object.hasOwn(COMMAND_POLICY, name)
