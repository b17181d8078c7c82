// Ask veraPDF about files: one line for each flavour and file, "meets" or "fails" with the clauses broken.
//
// Rhino runs this, which is in veraPDF's jar since its rules are JavaScript: no compiler of Java is needed. The profiles
// are read here, because veraPDF reads them with JAXB, which neither Java nor the jar brings.
/* global Packages, java, javax, arguments, print */

var profiles = Packages.org.verapdf.pdfa.validation.profiles
var Flavour = Packages.org.verapdf.pdfa.flavours.PDFAFlavour
var FAILED = Packages.org.verapdf.pdfa.results.TestAssertion.Status.FAILED
var files = Array.prototype.slice.call(arguments, 1)
var PROFILES = { '3a': 'PDFA-3A.xml', ua1: 'PDFUA-1.xml' }

function children (element, name) {
  var found = []
  for (var each = element.getFirstChild(); each !== null; each = each.getNextSibling()) {
    if (each.getNodeType() === 1 && each.getTagName().equals(name)) found.push(each)
  }
  return found
}

function text (element, name) {
  var found = children(element, name)
  return found.length ? found[0].getTextContent() : null
}

function rule (element) {
  var id = children(element, 'id')[0]
  var specification = Flavour.Specification.valueOf(id.getAttribute('specification'))
  var number = java.lang.Integer.parseInt(id.getAttribute('testNumber'))
  return profiles.Profiles.ruleFromValues(
    profiles.Profiles.ruleIdFromValues(specification, id.getAttribute('clause'), number),
    element.getAttribute('object'),
    element.hasAttribute('deferred') ? java.lang.Boolean.valueOf(element.getAttribute('deferred')) : null,
    element.getAttribute('tags'),
    text(element, 'description'),
    text(element, 'test'),
    profiles.Profiles.errorFromValues(text(children(element, 'error')[0], 'message'), new java.util.ArrayList()),
    new java.util.ArrayList()
  )
}

function variable (element) {
  return profiles.Profiles.variableFromValues(
    element.getAttribute('name'),
    element.getAttribute('object'),
    text(element, 'defaultValue'),
    text(element, 'value')
  )
}

function profile (flavour, name) {
  var stream = java.lang.ClassLoader.getSystemResourceAsStream('org/verapdf/pdfa/validation/' + PROFILES[name])
  var root = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement()
  var rules = new java.util.HashSet()
  children(children(root, 'rules')[0], 'rule').forEach(function (each) { rules.add(rule(each)) })
  var variables = new java.util.HashSet()
  children(children(root, 'variables')[0], 'variable').forEach(function (each) { variables.add(variable(each)) })
  var details = profiles.Profiles.profileDetailsFromValues(name, name, '', new java.util.Date(0))
  return profiles.Profiles.profileFromValues(flavour, details, '', rules, variables)
}

function broken (result) {
  var found = []
  for (var each = result.getTestAssertions().iterator(); each.hasNext();) {
    var assertion = each.next()
    var id = assertion.getRuleId()
    if (assertion.getStatus() === FAILED) found.push(id.getClause() + '-' + id.getTestNumber())
  }
  return found.join(' ')
}

function verdict (name, file) {
  var flavour = Flavour.byFlavourId(name)
  var parser = Packages.org.verapdf.pdfa.Foundries.defaultInstance().createParser(new java.io.File(file), flavour)
  var validator = Packages.org.verapdf.pdfa.validation.validators.ValidatorFactory.createValidator(known[name], false)
  try {
    var result = validator.validate(parser)
    return [result.isCompliant() ? 'meets' : 'fails', name, file, broken(result)].join('\t')
  } finally {
    validator.close()
    parser.close()
  }
}

Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
var known = {}
arguments[0].split(',').forEach(function (name) { known[name] = profile(Flavour.byFlavourId(name), name) })
Object.keys(known).forEach(function (name) { files.forEach(function (file) { print(verdict(name, file)) }) })
