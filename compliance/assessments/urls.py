from django.urls import path

from compliance.assessments.views import answering, assessment, proposals, review
from compliance.projects.pairs import paths

app_name = "assessments"
LIST = "projects/<slug:project>/assessments/"
ONE = LIST + "<str:reference>/"
QUESTION = ONE + "questions/<str:question>/"
urlpatterns = [
    *paths("assessments/", assessment.assessments, "assessments"),
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
