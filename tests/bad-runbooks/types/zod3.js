const schema = { _def: {}, safeParse: () => ({ success: true }) };
const nothing = () => [];
export default {
  contract: 1,
  type: 'dns.record',
  summary: 'Sets a name.',
  input: schema,
  output: schema,
  onInterrupt: nothing,
  effects: nothing,
  files: nothing,
  preview: nothing,
  load: nothing,
};
