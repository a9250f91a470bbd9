export default { type: 'dns.record' };
