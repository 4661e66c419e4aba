/**
 * Who may import whom, type imports included. Imports go down only; the picture is in docs/architecture.md.
 * A room is named by the beginning of its paths; what a room may import is its own files and the rooms listed.
 */
const ROOMS = {
  'app/ui': [],
  'app/components': ['app/ui', 'app/paths.ts', 'server/domain'],
  'app/routes': ['app/.server', 'app/components', 'app/ui', 'app/paths.ts', 'server/domain'],
  // The hallway: the only way from a screen to what can be done.
  'app/.server': ['app/paths.ts', 'app/ui', 'server/services', 'server/domain', 'server/platform', 'server/load-context.ts'],
  'app/paths.ts': [],

  'server/domain': [],
  'server/platform': [],
  'server/formats': ['server/domain'],
  'server/connectors': ['server/domain', 'server/platform', 'server/formats/json-cursor.ts'],
  'server/services': [
    'server/domain',
    'server/platform',
    'server/connectors',
    'server/formats',
    'db/client.ts',
    'db/failures.ts',
    'db/queries',
    'db/load',
  ],
  'db/': ['server/domain', 'server/platform'],

  // Doors. Nothing imports them but what puts the process together.
  jobs: ['server/services', 'server/domain', 'server/platform', 'db/client.ts', 'db/queries'],
  'server/api': ['server/services', 'server/domain', 'server/platform', 'db/client.ts', 'db/queries'],
  'server/cli': [
    'server/services',
    'server/domain',
    'server/platform',
    'server/roles',
    'server/connectors',
    'db/client.ts',
    'db/queries',
  ],
}
const OURS = '^(app|server|db|jobs|e2e|bench|chaos|checks)/'
/** The demonstration and the tests build a world through the same doors as everybody. */
const SEES_MORE = '\\.test\\.tsx?$|^db/(seed|testing)/'
const TESTS = '\\.test\\.tsx?$|/testing(/|\\.ts$)'

const pathOf = (room) => `^${room.replaceAll('.', '\\.')}${room.endsWith('/') || room.endsWith('.ts') ? '' : '/'}`

const roomRules = Object.entries(ROOMS).map(([room, mayImport]) => ({
  name: `${room.replace(/\/$/, '')} imports ${mayImport.length === 0 ? 'nothing of ours' : `only ${mayImport.join(', ')}`}`,
  severity: 'error',
  from: { path: pathOf(room), pathNot: SEES_MORE },
  to: { path: OURS, pathNot: [room, ...mayImport].map(pathOf).join('|') },
}))

const rule = (name, from, to) => ({ name, severity: 'error', from, to })

export default {
  forbidden: [
    rule('no cycles', {}, { circular: true }),
    rule('every import is found', {}, { couldNotResolve: true }),
    ...roomRules,
    rule(
      'the demonstration goes through the services, and brings its simulated systems',
      { path: '^db/(seed|testing)/' },
      { path: OURS, pathNot: '^db/|^server/(services|domain|platform)/|^server/connectors/simulator/' },
    ),
    rule(
      'the domain is pure: no packages but zod and those that know calendars, nothing of Node',
      { path: '^server/domain/', pathNot: TESTS },
      {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'],
        pathNot: 'node_modules/(zod|temporal-polyfill|cron-parser|date-holidays)/',
      },
    ),
    rule(
      'app/ui could be the product of another house: React and its kin only',
      { path: '^app/ui/', pathNot: TESTS },
      {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'],
        pathNot: 'node_modules/(react|react-dom|@types/react|@types/react-dom|@remix-run/react|lucide-react)/',
      },
    ),
    rule(
      'only the hallway, the doors and what puts the process together know the services',
      {
        path: '^server/|^db/',
        pathNot: `^server/(services|api|cli|roles)/|^server/load-context\\.ts$|${SEES_MORE}`,
      },
      { path: '^server/services/' },
    ),
    rule(
      'nothing imports a door',
      { path: '^(app|server|db|jobs)/', pathNot: `^server/(main|roles/)|^jobs/|^server/(cli|api)/|${TESTS}` },
      { path: '^jobs/|^server/(cli|api|roles|main\\.ts|web\\.ts)' },
    ),
    rule(
      'a door does not open another',
      { path: '^server/(cli|api)/|^jobs/', pathNot: TESTS },
      { path: '^server/(web\\.ts|main\\.ts)' },
    ),
    rule(
      'connectors do not share but through the shared files of their room',
      { path: '^server/connectors/([^/]+)/', pathNot: TESTS },
      { path: '^server/connectors/[^/]+/', pathNot: '^server/connectors/$1/' },
    ),
    rule(
      'simulators are for tests, benches and demonstrations',
      { path: '^server/', pathNot: `^server/connectors/simulator/|${TESTS}` },
      { path: '^server/connectors/simulator/' },
    ),
    rule(
      'SQL is written in db/ only',
      { path: '^(app|server|jobs)/', pathNot: TESTS },
      { path: 'node_modules/(drizzle-orm|postgres|drizzle-kit)/' },
    ),
    rule(
      'what ships does not lean on what tests',
      { path: '^(app|server|db|jobs)/', pathNot: TESTS },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    ),
    rule(
      'what ships does not import tests',
      { path: '^(app|server|db|jobs)/', pathNot: TESTS },
      { path: `${TESTS}|^(e2e|bench|chaos|checks)/` },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|db/migrations)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.css'],
    },
  },
}
