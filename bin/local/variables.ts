export const DEFAULT_PORT = 8787

/** What the window adds to the port for senders, and what the simulator adds. */
export const WINDOW_PORT_OFFSET = 1
export const SIMULATOR_PORT_OFFSET = 2

/**
 * This token is public, in this file and in the output of starts. It is the default only with the simulator, on
 * loopback.
 */
export const DEVELOPMENT_TOKEN = 'local-development-token'

/** The environment variables of `npm start`, as its help describes them. */
export const VARIABLES = {
  PORT: `the port for senders; 0 takes free ports for everything (default: ${DEFAULT_PORT})`,
  WEBHOOK_TOKEN: `the token that senders must send along; those of further connections begin with it (default: ${DEVELOPMENT_TOKEN}; with a real Braze, a new one for each connection at each start)`,
  STATE_DIR:
    'the folder that keeps the queues and the simulator across starts, closed to other users of the machine (default: .state)',
  SIMULATOR_PORT: `the port of the Braze simulator; 0 takes any free port (default: PORT plus ${SIMULATOR_PORT_OFFSET})`,
  BRAZE_REST_ENDPOINT:
    'the REST endpoint of a real Braze, together with BRAZE_API_KEY (default: a simulator)',
  BRAZE_API_KEY: 'the API key for BRAZE_REST_ENDPOINT, with the permission users.track',
  STAGE: 'the stage of cdk.json whose connections and delivery delay are used (default: dev)',
}
