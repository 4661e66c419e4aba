import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMAND_POLICY, ROLES, type Actor, type CommandName } from '#server/domain/actor.ts'
import type { Door } from './doors.ts'
import { FOUR_EYES } from './four-eyes.ts'
import { choicesFor, isCommandName, ROOT } from './reach.ts'

const HEAD = `# Who may do what

Made by \`checks/roles.test.ts\` from the program itself and compared with it at every build: from the policy of the one door
(\`server/domain/actor.ts\`), the modules of the routes, the commands of the shell, the tasks of the queue, the turns of the clock, the kinds of
YAML and the columns of a work sheet. What each can ask for is followed through the source as far as the command it names; where that cannot be
told apart, a door is listed rather than left out. A door or a command that is not here fails the build.

A role says what a person may ask for at all. Each request is held, beyond that, to the person's entity scope, to whose exception it is by its class
(finance's or IT's), to the state of what it is about, and to four eyes. Everybody reads everything within their scope; an auditor changes
nothing but the log, which says what they read.

What the roles do not keep apart: whoever may open the database by hand. A command acts as the person that \`--as\` names and asks for no
password, so that four eyes at the shell are worth what the accounts of its machine are worth.
`

const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ')
const title = (name: string): string => (name === 'it' ? 'IT' : words(name).replace(/^./, (letter) => letter.toUpperCase()))
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (heads: readonly string[], rows: readonly string[]): string =>
  [row(...heads), row(...heads.map(() => '---')), ...rows].join('\n')

/** The whole page. */
export function rolesPage(doors: readonly Door[]): string {
  const commands = Object.keys(COMMAND_POLICY).filter(isCommandName)
  const people = commands.filter((name) => ROLES.some((role) => rolesOf(name).includes(role)))
  const itself = commands.filter((name) => !people.includes(name))
  return [
    HEAD,
    '## What people ask for\n',
    table(
      ['What', ...ROLES.map(title), 'By itself', 'Doors', 'Note'],
      people.map((name) => rowOf(name, doors)),
    ),
    '\n## What the program does by itself\n',
    table(
      ['What', 'Doors'],
      itself.map((name) => row(title(name), doorsTo(name, doors))),
    ),
    '\n## Four eyes\n',
    'Whoever did the first is refused the second, in any role, at every door; `app/four-eyes.test.ts` tries it with every role that may decide.\n',
    table(
      ['Asked for with', 'Decided with', 'By'],
      Object.entries(FOUR_EYES).map(([decides, asks]) =>
        row(title(asks), title(decides), isCommandName(decides) ? rolesOf(decides).map(words).join(', ') : ''),
      ),
    ),
    '\n## Every door\n',
    'What a door can ask for; those that only show something ask for nothing.\n',
    table(
      ['Door', 'Can ask for'],
      doors.map((door) =>
        row(`\`${door.name}\``, [...new Set(door.reach.commands.map(({ name }) => words(name)))].sort().join(', ')),
      ),
    ),
    '',
  ].join('\n')
}

const rolesOf = (command: CommandName): readonly Actor['role'][] => COMMAND_POLICY[command]

function rowOf(command: CommandName, doors: readonly Door[]): string {
  const mark = command in FOUR_EYES ? 'as the second' : 'yes'
  const marks = [...ROLES, 'service' as const].map((role) => (rolesOf(command).includes(role) ? mark : ''))
  return row(title(command), ...marks, doorsTo(command, doors), noteOf(command))
}

/** `/runs/:runId` (approve rollback, decline rollback); … */
function doorsTo(command: string, doors: readonly Door[]): string {
  return doors
    .flatMap(({ kind, name, reach }) => {
      const ways = reach.commands.filter((reached) => reached.name === command)
      if (ways.length === 0) return []
      const choices = [...new Set(ways.flatMap(({ when }) => choicesFor(when, reach.choices)))].sort().map(words)
      const shown = kind === 'form' ? name.replace('POST ', '') : name
      return [`\`${shown}\`${choices.length > 0 ? ` (${choices.join(', ')})` : ''}`]
    })
    .join('; ')
}

/** What the policy itself says beside a command. */
function noteOf(command: string): string {
  const policy = readFileSync(join(ROOT, 'server/domain/actor.ts'), 'utf8')
  const said = new RegExp(`/\\*\\* ([^*]+) \\*/\\s+${command}:`).exec(policy)
  return said ? said[1]!.replace(/: domain\/[\w/.-]+/, '').trim() : ''
}
