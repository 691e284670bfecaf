/** The modes of files and folders that hold personal data or secrets: only their owner may use them. */
export const OWNER_ONLY_FILE = 0o600
export const OWNER_ONLY_FOLDER = 0o700
