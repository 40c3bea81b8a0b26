from django.urls import path

from compliance.assessments.views import answering, assessment, proposals, review, rules
from compliance.projects.pairs import paths

app_name = "assessments"
LIST = "projects/<slug:project>/assessments/"
ONE = LIST + "<str:reference>/"
RULES = "organisations/<slug:organisation>/assessments/rules/"
QUESTION = ONE + "questions/<str:question>/"
urlpatterns = [
    *paths("assessments/", assessment.assessments, "assessments"),
    path(RULES, rules.rules, name="rules"),
    path(RULES + "add/", rules.rule_add, name="rule_add"),
    path(RULES + "changes/<str:reference>/", rules.rule_decide, name="rule_decide"),
    path(RULES + "<str:rule>/", rules.rule, name="rule"),
    path(RULES + "<str:rule>/change/", rules.rule_change, name="rule_change"),
    path(RULES + "<str:rule>/restore/", rules.rule_restore, name="rule_restore"),
    path(LIST + "start/", assessment.start, name="start"),
    path(ONE, assessment.assessment, name="assessment"),
    path(ONE + "steps/<slug:step>/", answering.step, name="step"),
    path(ONE + "check/", answering.check, name="check"),
    path(ONE + "review/", review.review, name="review"),
    path(ONE + "move/", review.move, name="move"),
    path(ONE + "proposals/", proposals.proposals, name="proposals"),
    path(ONE + "proposals/decide/", proposals.decide, name="decide"),
    path(QUESTION, answering.question, name="question"),
    path(QUESTION + "ask/", answering.ask, name="ask"),
    path(QUESTION + "remark/", review.remark, name="remark"),
]
