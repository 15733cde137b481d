// The part of haraka-config that is used without Haraka: its reader of ini files, and nothing that
// watches them.
declare module 'haraka-config/lib/readers/ini.js' {
  const ini: {
    /** Sections and keys; numbers are turned into numbers. Throws where the file cannot be read. */
    load(file: string, options: { booleans?: string[] }): Record<string, unknown>
    /** Told of lines that are no setting. */
    logger: (message: string) => void
  }
  export default ini
}
