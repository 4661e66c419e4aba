import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import ts from 'typescript'
import { makeProgram } from '#server/cli/run-command.ts'
import { meaningOf, reachOf, ROOT, sourceOf, type Reach } from './reach.ts'

export type Door = { readonly kind: DoorKind; readonly name: string; readonly reach: Reach }
export type DoorKind = 'screen' | 'form' | 'command' | 'task' | 'clock' | 'import' | 'work sheet' | 'web'

export type RouteModule = { readonly loader?: unknown; readonly action?: unknown }

/** What the guard of every route does by itself is a door of its own, and not one of each route. */
const ROUTE = ['guarded']

/** Each loader and action of the modules that Remix serves. */
export function doorsOfRoutes(modules: Readonly<Record<string, RouteModule>>): Door[] {
  const guard = { kind: 'screen', name: 'GET any address', reach: reachOf(named('app/.server/guarded.ts', 'guarded')) } as const
  return [
    guard,
    ...Object.entries(modules).flatMap(([path, module]): Door[] => {
      const file = path.replace(/^(\.\.\/)+/, '')
      const address = addressOf(file)
      const door = (kind: DoorKind, method: string, name: string): Door => ({
        kind,
        name: `${method} ${address}`,
        reach: reachOf(named(file, name), ROUTE),
      })
      return [
        ...(module.loader ? [door('screen', 'GET', 'loader')] : []),
        ...(module.action ? [door('form', 'POST', 'action')] : []),
      ]
    }),
  ]
}

/** `_console.runs_.$runId` is /runs/:runId. */
export function addressOf(file: string): string {
  if (file === 'app/root.tsx' || file.includes('/_console/')) return 'the frame of every screen'
  const parts = file
    .split('/')[2]!
    .replace(/^_console\.?/, '')
    .replaceAll('[.]', '·')
  const address = parts.split('.').map((part) => part.replace(/_$/, '').replace(/^\$/, ':'))
  return `/${address
    .join('/')
    .replace(/^_index$/, '')
    .replaceAll('·', '.')}`
}

/** Opening the database makes the demonstration where one is wanted, once, whatever the command. */
const SHELL = ['withSession', 'openRuntime']

/** Each command of the shell, as commander knows it; what it does is the function given where it is declared. */
export function doorsOfShell(): Door[] {
  const handlers = new Map<Command, string>()
  const { action } = Command.prototype
  Command.prototype.action = function (this: Command, ...given) {
    handlers.set(this, new Error('where').stack ?? '')
    return action.apply(this, given)
  }
  try {
    const program = makeProgram()
    const carried = reachOf(named('server/cli/session.ts', 'carryToEnd'))
    const commands = leavesOf(program).map((command): Door => {
      const place = /server\/cli\/([\w-]+\.ts):(\d+):/.exec(handlers.get(command) ?? '')
      if (!place) throw new Error(`what ${pathOf(command)} does was not found`)
      const file = `server/cli/${place[1]}`
      const node = handlerAt(file, Number.parseInt(place[2]!, 10))
      return { kind: 'command', name: `tower ${pathOf(command)}`, reach: reachOf({ file, node }, SHELL) }
    })
    return [...commands, { kind: 'command', name: 'tower, where a command carries a run to its end', reach: carried }]
  } finally {
    Command.prototype.action = action
  }
}

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap((inner) => leavesOf(inner))
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()

function handlerAt(file: string, line: number): ts.Node {
  const { tree } = sourceOf(file)
  const found = find(tree, ts.isCallExpression).find(
    ({ expression }) =>
      ts.isPropertyAccessExpression(expression) &&
      expression.name.text === 'action' &&
      tree.getLineAndCharacterOfPosition(expression.name.getStart()).line === line - 1,
  )
  if (!found) throw new Error(`${file}:${line} is no command`)
  return found.arguments[0]!
}

/** Tasks of the queue, by the lists that workers are given, and turns of the clock. */
export function doorsOfTime(): Door[] {
  const files = readdirSync(join(ROOT, 'jobs'))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => `jobs/${name}`)
  return files.flatMap((file): Door[] => {
    const { tree } = sourceOf(file)
    const tasks = find(tree, ts.isPropertyAssignment)
      .filter(({ name }) => name.getText() === 'taskList')
      .flatMap(({ initializer }) => {
        if (!ts.isObjectLiteralExpression(initializer)) throw new Error(`${file}: a list of tasks is written out`)
        return initializer.properties.map(
          (task): Door => ({
            kind: 'task',
            name: `task ${task.name?.getText() ?? '?'}`,
            reach: reachOf({ file, node: task }),
          }),
        )
      })
    const turns = find(tree, ts.isCallExpression)
      .filter(({ expression }) => /^(every|guarded)$/.test(expression.getText()))
      .flatMap(({ arguments: given }): Door[] => {
        const said = given.find((one, at) => at > 0 && ts.isStringLiteral(one))
        if (!said || !ts.isStringLiteral(said)) return []
        return [{ kind: 'clock', name: `clock: ${said.text}`, reach: reachOf({ file, node: workOf(tree, given.at(-1)!) }) }]
      })
    return [...tasks, ...turns.filter(({ name }, at) => turns.findIndex((one) => one.name === name) === at)]
  })
}

/** A turn that was given a name first, inside of the function that starts it. */
function workOf(tree: ts.SourceFile, given: ts.Expression): ts.Node {
  if (!ts.isIdentifier(given)) return given
  const made = find(tree, ts.isVariableDeclaration).find(({ name }) => name.getText() === given.text)
  if (!made?.initializer) throw new Error(`what ${given.text} does was not found`)
  return made.initializer
}

/** Each kind of document that an import of YAML takes, and what a row of a work sheet can ask for. */
export function doorsOfFiles(): Door[] {
  const file = 'server/services/import-definitions.ts'
  const cases = find(named(file, 'importOne').node, ts.isCaseClause)
  const kinds = cases.map(({ expression, statements }): Door => {
    const reaches = statements.map((node) => reachOf({ file, node }))
    const commands = reaches.flatMap((reach) => reach.commands)
    return { kind: 'import', name: `YAML of kind ${expression.getText().slice(1, -1)}`, reach: { ...reaches[0]!, commands } }
  })
  const sheet = reachOf(named('server/services/work-sheet/go-through.ts', 'doSheet'))
  return [...kinds, { kind: 'work sheet', name: 'a row of a work sheet', reach: sheet }]
}

/** What the web server answers besides the screens. */
export function doorsOfWeb(): Door[] {
  const file = 'server/web.ts'
  return find(sourceOf(file).tree, ts.isCallExpression).flatMap(({ expression, arguments: [address, ...work] }): Door[] => {
    if (!/^app\.(get|post|put|patch|delete|all|use)$/.test(expression.getText())) return []
    if (!address || !ts.isStringLiteral(address)) return []
    const reach = reachOf({ file, node: work.at(-1)! })
    return [{ kind: 'web', name: `${expression.getText().slice(4).toUpperCase()} ${address.text}`, reach }]
  })
}

function named(file: string, name: string) {
  const unit = meaningOf(file, name)
  if (!unit) throw new Error(`${file} has no ${name}`)
  return unit
}

export function find<Kind extends ts.Node>(top: ts.Node, is: (node: ts.Node) => node is Kind): Kind[] {
  const found: Kind[] = []
  const look = (node: ts.Node): void => {
    if (is(node)) found.push(node)
    ts.forEachChild(node, look)
  }
  look(top)
  return found
}
